import { createWriteStream, existsSync } from "node:fs";
import { rename } from "node:fs/promises";
import { join } from "node:path";
import { once } from "node:events";
import { demoDepartments } from "../../sdk/families/demo-departments.ts";
import { generateCertificates } from "../../sdk/families/synthetic-certificates.ts";
import { generateCreditLicences, generateCreditPenalties } from "../../sdk/families/synthetic.ts";

/** The numbers of the demonstration: a thousand certificates, five thousand credit records of two departments. */
export const SEED = 20_251;
export const CERTIFICATES = 1000;
export const PENALTIES = 3000;
export const LICENCES = 2000;

export interface Inputs {
  readonly certificates: string;
  readonly penalties: string;
  readonly licences: string;
}

/** Writes the synthetic NDJSON files once; the same seed writes the same bytes. */
export async function writeInputs(folder: string): Promise<Inputs> {
  const inputs = {
    certificates: join(folder, "business-licences.ndjson"),
    penalties: join(folder, "penalties.ndjson"),
    licences: join(folder, "credit-licences.ndjson"),
  };
  await writeLines(inputs.certificates, generateCertificates({ seed: SEED, count: CERTIFICATES }));
  await writeLines(inputs.penalties, generateCreditPenalties({ seed: SEED, count: PENALTIES }));
  await writeLines(
    inputs.licences,
    generateCreditLicences({ seed: SEED, count: LICENCES, authority: demoDepartments.ecology }),
  );
  return inputs;
}

async function writeLines(path: string, documents: Iterable<unknown>): Promise<void> {
  if (existsSync(path)) return;
  const stream = createWriteStream(`${path}.tmp`);
  for (const document of documents) {
    if (!stream.write(`${JSON.stringify(document)}\n`)) await once(stream, "drain");
  }
  stream.end();
  await once(stream, "finish");
  await rename(`${path}.tmp`, path);
}
