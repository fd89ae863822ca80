import { toHex } from "../../../sdk/protocol/bytes.ts";
import { verifyEvidences } from "../../../sdk/verify/verify.ts";
import { answeredConnection, TRUST } from "../answered-chain.ts";
import { fileOf, makeEvidences } from "../evidences.ts";
import { CLAIMS, documents, ISSUED_AT, REQUIRED_CLAIMS, seedOf } from "../fixtures.ts";
import { figureOf, timeTogether } from "../measure.ts";
import { flatClaims, issue, presentFirst, SD_JWT_NAME, sdJwt } from "../sd-jwt.ts";
import type { Suite } from "../suite.ts";
import { BARE_NAME, bareHasher } from "./hash.ts";

const HASH = "keccak256";
const PEER_PRESENTATIONS = 500;
/** 5 leaves and 8 nodes of the claim tree of 32, the record's leaf, 14 nodes up the batch of 10,000. */
const HASHES = 28;
const HEADER_BYTES = 560;
const NODE_BYTES = 65;

export const verifySuite: Suite = {
  title: { zh: "验证存证", en: "verifying evidence" },
  size: 4000,
  async *run({ size, step }) {
    const evidences = makeEvidences(size, HASH);
    const [first] = evidences;
    if (first === undefined) throw new TypeError("no evidence");
    const inputs = evidences.map((evidence) => ({
      evidence: fileOf(evidence),
      policy: { name: "authentic" } as const,
    }));
    const block = { number: 120, hash: toHex(seedOf(3)), parent: toHex(seedOf(4)), time: ISSUED_AT + 60 };
    const connections = [answeredConnection(first, block)];
    const instance = sdJwt();
    const some = documents(Math.min(size, PEER_PRESENTATIONS)).map(flatClaims);
    const presentations = await Promise.all(
      some.map(async (claims) =>
        presentFirst(instance, { credential: await issue(instance, claims), claims, count: REQUIRED_CLAIMS }),
      ),
    );
    const bare = await bareHasher(HASH);
    const node = new Uint8Array(NODE_BYTES);
    const header = new Uint8Array(HEADER_BYTES);
    const works = {
      ours: async () => {
        const reports = await verifyEvidences(inputs, { connections, trust: TRUST, now: block.time });
        const other = reports.find(({ verdict }) => verdict !== "verified");
        if (other !== undefined) throw new Error(`not verified: ${JSON.stringify(other.checks)}`);
      },
      peer: async () => {
        for (const one of presentations) await instance.verify(one);
      },
      limit: () => {
        for (let n = 0; n < size; n++) {
          for (let i = 0; i < HASHES; i++) bare(node);
          bare(header);
        }
      },
    };
    const title = {
      zh: `验证存证,披露 ${REQUIRED_CLAIMS}/${CLAIMS} 项,除链上读取外的全部`,
      en: `verify evidence, ${REQUIRED_CLAIMS} of ${CLAIMS} claims disclosed, everything but the chain read`,
    };
    const seconds = await step(title, (onRound) => timeTogether(works, { onRound }));
    yield figureOf(
      {
        ...{ name: "verify.one-thread", title, unit: "/s", items: size, size },
        peer: { name: `${SD_JWT_NAME}, verify`, items: presentations.length },
        limit: { name: `${HASHES + 1} × ${BARE_NAME}` },
        targets: [{ of: "value", is: "at least", bound: 12_000 }],
      },
      seconds,
    );
  },
};
