import { expect } from "chai";
import { contentPolicy } from "../../node/portal/policy.ts";

describe("content policy of the portal", () => {
  const connect = (policy: string): string =>
    policy.split("; ").find((directive) => directive.startsWith("connect-src")) ?? "";

  it("reaches the node and the chain endpoints, and runs no inline script", () => {
    const policy = contentPolicy({ endpoints: ["http://127.0.0.1:4701/rpc?key=1"] });
    expect(connect(policy)).to.equal("connect-src 'self' http://127.0.0.1:4701");
    expect(policy).to.include("default-src 'none'").and.to.include("script-src 'self' 'wasm-unsafe-eval'");
    expect(policy).to.include("frame-ancestors 'none'").and.not.to.include("unsafe-inline");
  });

  it("reaches what the person asked for beside it", () => {
    expect(connect(contentPolicy({ endpoints: [], asked: ["https://chain.example.gov.cn"] }))).to.equal(
      "connect-src 'self' https://chain.example.gov.cn",
    );
  });

  for (const asked of [
    "javascript:alert(1)",
    "data:text/html,x",
    "'unsafe-inline'",
    "https:",
    "* ; script-src *",
    "",
    "ws://x",
  ]) {
    it(`takes nothing from ${JSON.stringify(asked)}`, () => {
      expect(connect(contentPolicy({ endpoints: [], asked: [asked] }))).to.equal("connect-src 'self'");
    });
  }

  it("ends no directive by what is asked for", () => {
    const policy = contentPolicy({ endpoints: [], asked: ["https://a.example;script-src *", "https://b.example/;x"] });
    expect(policy.match(/script-src/g)).to.have.length(1);
    expect(connect(policy)).to.equal("connect-src 'self' https://b.example");
  });

  it("lets other sites frame the widget only when told", () => {
    expect(contentPolicy({ endpoints: [], framed: true })).to.include("frame-ancestors *");
  });

  it("carries the nonce of the styles", () => {
    expect(contentPolicy({ endpoints: [], nonce: "abc" })).to.include("style-src 'self' 'nonce-abc'");
  });
});
