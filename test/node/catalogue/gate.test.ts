import { expect } from "chai";
import type { Hex } from "../../../sdk/protocol/bytes.ts";
import { ResourceGate } from "../../../node/catalogue/gate.ts";

const A: Hex = `0x${"aa".repeat(32)}`;
const B: Hex = `0x${"bb".repeat(32)}`;

describe("the gate of a resource", () => {
  /** An action that notes its beginning and end, and ends when told. */
  const actions = () => {
    const noted: string[] = [];
    const ends = new Map<string, () => void>();
    const action = (name: string) => async () => {
      noted.push(`${name} begins`);
      await new Promise<void>((resolve) => ends.set(name, resolve));
      noted.push(`${name} ends`);
    };
    return { noted, action, end: (name: string) => ends.get(name)?.() };
  };
  const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

  it("lets uses overlap, and a change wait for them and hold back new ones", async () => {
    const gate = new ResourceGate();
    const { noted, action, end } = actions();
    const all = [gate.use(A, action("use 1")), gate.use(A, action("use 2")), gate.change(A, action("change"))];
    await settled();
    all.push(gate.use(A, action("use 3")), gate.use(B, action("other")));
    end("use 1");
    await settled();
    expect(noted).to.deep.equal(["use 1 begins", "use 2 begins", "other begins", "use 1 ends"]);
    end("use 2");
    await settled();
    end("change");
    await settled();
    end("use 3");
    end("other");
    await Promise.all(all);
    expect(noted.slice(4)).to.deep.equal([
      "use 2 ends",
      "change begins",
      "change ends",
      "use 3 begins",
      "use 3 ends",
      "other ends",
    ]);
  });

  it("opens again after a change or a use that fails, and changes one at a time", async () => {
    const gate = new ResourceGate();
    const { noted, action, end } = actions();
    const failing = gate.change(A, () => Promise.reject(new RangeError("no")));
    const second = gate.change(A, action("second"));
    expect(await failing.catch((error: unknown) => error)).to.be.instanceOf(RangeError);
    await settled();
    expect(noted).to.deep.equal(["second begins"]);
    end("second");
    await second;
    expect(
      await gate.use(A, () => Promise.reject(new RangeError("no"))).catch((error: unknown) => error),
    ).to.be.instanceOf(RangeError);
    expect(await gate.use(A, () => Promise.resolve(7))).to.equal(7);
    expect(await gate.change(A, () => Promise.resolve(8))).to.equal(8);
  });
});
