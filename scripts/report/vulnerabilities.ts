/** A dependency that something is known against. */
interface Vulnerable {
  readonly name: string;
  readonly severity: string;
  /** The versions that are concerned. */
  readonly range: string;
}

interface Audit {
  readonly metadata?: unknown;
  readonly vulnerabilities?: Readonly<Record<string, Omit<Vulnerable, "name">>>;
}

/** What `npm audit --json` found; undefined when the registry could not be asked, which is not the same as nothing. */
export function vulnerableOf(auditJson: string): readonly Vulnerable[] | undefined {
  let found: Audit;
  try {
    found = JSON.parse(auditJson) as Audit; // npm's own format; only names, severities and ranges are taken.
  } catch {
    return undefined;
  }
  if (found.metadata === undefined || found.vulnerabilities === undefined) return undefined;
  return Object.entries(found.vulnerabilities).map(([name, { severity, range }]) => ({ name, severity, range }));
}
