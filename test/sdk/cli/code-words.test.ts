import { expect } from "chai";
import { AGREEMENT_STATES } from "../../../sdk/chain/agreements.ts";
import { RESOURCE_STATES, SHARE_CLASSES } from "../../../sdk/chain/catalogue.ts";
import { DEPARTMENT_ROLES, DEPARTMENT_STATUSES } from "../../../sdk/chain/departments.ts";
import { RECORD_STATES } from "../../../sdk/chain/statuses.ts";
import { DELIVERY_OUTCOMES } from "../../../sdk/client/routes/deliveries.ts";
import { codeText, type CODE_WORDS } from "../../../sdk/cli/code-words.ts";
import type { Context } from "../../../sdk/cli/context.ts";

const inLanguage = (language: "zh" | "en") => ({ language }) as Context; // codeText reads nothing else.

describe("codes for people", () => {
  const all: [keyof typeof CODE_WORDS, readonly string[]][] = [
    ["agreement", AGREEMENT_STATES],
    ["resource", RESOURCE_STATES],
    ["shareClass", SHARE_CLASSES],
    ["department", DEPARTMENT_STATUSES],
    ["role", DEPARTMENT_ROLES],
    ["status", RECORD_STATES],
    ["progress", ["asked", "received", "disputed", "free", ...DELIVERY_OUTCOMES]],
  ];
  for (const [kind, codes] of all)
    it(`${kind}: each has a Chinese word and keeps its code`, () => {
      for (const code of codes) {
        expect(codeText(kind, code, inLanguage("zh"))).to.match(new RegExp(`^[一-龥]+ ${code}$`));
        expect(codeText(kind, code, inLanguage("en"))).to.equal(code);
      }
    });

  it("a code nobody knows is shown as it is", () => {
    for (const code of ["later", "constructor", "__proto__"])
      expect(codeText("agreement", code, inLanguage("zh"))).to.equal(code);
  });
});
