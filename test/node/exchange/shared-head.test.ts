import { expect } from "chai";
import { setEndpointCall } from "../../../sdk/chain/department-calls.ts";
import { connectLedger, type LedgerConnection } from "../../../sdk/chain/connection.ts";
import { fetchPost } from "../../../sdk/chain/post.ts";
import { VIEWS_OF_A_BLOCK, withSharedHead } from "../../../node/exchange/shared-head.ts";
import { startLedger, type TestLedger } from "../../support/ledger.ts";

describe("a shared head", function () {
  this.timeout(120_000);
  let ledger: TestLedger;
  let asked: string[];
  let posts: number;
  let connection: LedgerConnection;

  before(async () => {
    ledger = await startLedger();
  });
  after(() => ledger.stop());
  beforeEach(() => {
    asked = [];
    posts = 0;
    const counting: typeof fetch = (input, init) => {
      // The connection sends text.
      const questions = JSON.parse(init?.body as string) as { method: string } | { method: string }[];
      asked.push(...[questions].flat().map(({ method }) => method));
      posts++;
      return fetch(input, init);
    };
    const { rpcUrl, name } = ledger;
    const plain = connectLedger({ rpcUrl, ledger: name, finality: { tag: "latest" } }, { post: fetchPost(counting) });
    connection = withSharedHead(plain);
  });

  const endpoint = async () => {
    const view = await connection.view("latest");
    return (await view.department(ledger.provider.uscc))?.endpoint;
  };
  const change = (text: string) => ledger.send(ledger.provider, setEndpointCall({ endpoint: text }));

  it("tells of a change at the next read", async () => {
    for (const text of ["http://a.example", "http://b.example", "http://c.example"]) {
      await change(text);
      expect(await endpoint()).to.equal(text);
      expect(await endpoint()).to.equal(text);
    }
  });

  it("asks for the newest block at every read and for nothing else twice", async () => {
    await endpoint();
    asked = [];
    await endpoint();
    await endpoint();
    expect(asked).to.deep.equal(["eth_getBlockByNumber", "eth_getBlockByNumber"]);
  });

  it("waits for three answers at a new block: which it is, that it is the right chain's, and what was asked", async () => {
    await endpoint();
    await change("http://d.example");
    posts = 0;
    expect(await endpoint()).to.equal("http://d.example");
    expect(posts).to.equal(3);
  });

  it("shares one question among reads of one turn", async () => {
    await endpoint();
    asked = [];
    await Promise.all(Array.from({ length: 20 }, endpoint));
    expect(asked).to.deep.equal(["eth_getBlockByNumber"]);
  });

  it("shares the next question among reads that come while one is under way", async () => {
    await endpoint();
    asked = [];
    const first = endpoint();
    while (asked.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await Promise.all([first, ...Array.from({ length: 20 }, endpoint)]);
    expect(asked).to.deep.equal(["eth_getBlockByNumber", "eth_getBlockByNumber"]);
  });

  it("forgets a block's answers after so many views, so that an idle chain's do not pile up", async () => {
    const first = await connection.view("latest");
    const views = new Set([first]);
    for (let i = 0; i <= VIEWS_OF_A_BLOCK; i++) views.add(await connection.view("latest"));
    expect(views.size).to.equal(2);
  });
});
