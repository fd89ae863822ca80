/**
 * Confirms a record's inclusion under its anchored root with nothing of Suyuan: only `merkletreejs` and `ethers`.
 * For the doubter: read these lines, they are all there is to believe.
 *
 *   node scripts/independent-check.ts <evidence.json> <rpc-url> <directory-address>
 */
import { readFileSync } from "node:fs";
import {
  concat,
  Contract,
  encodeBytes32String,
  getBytes,
  hexlify,
  JsonRpcProvider,
  keccak256,
  sha256,
  toUtf8Bytes,
} from "ethers";
import { MerkleTree } from "merkletreejs";

interface EvidenceFile {
  readonly header: Readonly<Record<string, string | number>> & {
    readonly hash: string;
    readonly scope: string;
    readonly seq: number;
  };
  readonly inclusion: readonly string[];
  readonly anchor: {
    readonly first: number;
    readonly count: number;
    readonly root: string;
    readonly time: number;
    readonly department: string;
  };
}

const [file, rpcUrl, directoryAddress] = process.argv.slice(2);
if (file === undefined || rpcUrl === undefined || directoryAddress === undefined) {
  console.error("用法 usage: node scripts/independent-check.ts <evidence.json> <rpc-url> <directory-address>");
  process.exit(64);
}

const { header, inclusion, anchor } = JSON.parse(readFileSync(file, "utf8")) as EvidenceFile;
const hash = header.hash === "sha256" ? sha256 : keccak256;

// A flat object of texts and numbers: sorting the keys is all that RFC 8785 asks for.
const canonical = JSON.stringify(Object.fromEntries(Object.entries(header).sort(([a], [b]) => (a < b ? -1 : 1))));
const record = hash(toUtf8Bytes(`suyuan/record/1${canonical}`));
const leaf = getBytes(hash(concat(["0x00", record])));

// An odd node is promoted, so it has no sibling on its level.
const proof: { position: "left" | "right"; data: Buffer }[] = [];
let next = 0;
for (let at = header.seq - anchor.first, width = anchor.count; width > 1; at >>= 1, width = (width + 1) >> 1) {
  if (at % 2 === 0 && at === width - 1) continue;
  proof.push({ position: at % 2 === 0 ? "right" : "left", data: Buffer.from(getBytes(inclusion[next++] ?? "0x")) });
}
const inner = (data: Buffer): Buffer => Buffer.from(getBytes(hash(concat(["0x01", data]))));
const tree = new MerkleTree([], inner, { sortPairs: false, duplicateOdd: false });
const included = next === inclusion.length && tree.verify(proof, Buffer.from(leaf), Buffer.from(getBytes(anchor.root)));

const provider = new JsonRpcProvider(rpcUrl, undefined, { batchMaxCount: 1 });
const directory = new Contract(
  directoryAddress,
  [
    "function entryAt(bytes32 name, uint64 time) view returns (tuple(uint32 version, address implementation, uint64 effectiveFrom))",
  ],
  provider,
);
const { implementation } = (await directory.getFunction("entryAt")(encodeBytes32String("AnchorLog"), anchor.time)) as {
  implementation: string;
};
const log = new Contract(
  implementation,
  ["function batchDigest(bytes32 scope, uint40 first) view returns (bytes32)"],
  provider,
);
const stored = (await log.getFunction("batchDigest")(header.scope, anchor.first)) as string;
provider.destroy();

const bytes = (value: number, length: number): string => `0x${value.toString(16).padStart(2 * length, "0")}`;
const name = header.hash === "sha256" ? 2 : 1;
const packed = [
  hexlify(toUtf8Bytes(anchor.department)),
  bytes(anchor.first, 5),
  bytes(anchor.count, 3),
  bytes(anchor.time, 5),
  bytes(name, 1),
];
const anchored = stored === keccak256(concat([anchor.root, ...packed]));

console.log(
  `record ${record}\nincluded under ${anchor.root}: ${included}\nroot anchored in ${implementation}: ${anchored}`,
);
process.exitCode = included && anchored ? 0 : 1;
