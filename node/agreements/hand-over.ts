import { sendApplication } from "../../sdk/client/routes/agreements.ts";
import type { Hex } from "../../sdk/protocol/bytes.ts";
import { grantJson } from "../../sdk/protocol/evidence.ts";
import { isJsonObject, type JsonObject } from "../../sdk/protocol/json.ts";
import type { OpenExchanges } from "../exchange/open-exchanges.ts";
import type { Peers } from "../exchange/peers.ts";
import type { Store } from "../storage/store.ts";
import type { Applications } from "./applications.ts";
import { AgreementError } from "./errors.ts";
import type { AgreementService } from "./service.ts";

export interface HandOverDependencies {
  readonly agreements: Pick<AgreementService, "agreement">;
  readonly applications: Applications;
  readonly open: OpenExchanges;
  readonly peers: Peers;
  readonly store: Store;
}

/** Hands application documents to providers, until each has it. */
export class HandOver {
  private readonly dependencies: HandOverDependencies;

  constructor(dependencies: HandOverDependencies) {
    this.dependencies = dependencies;
  }

  /** Throws HttpError `peer.*`, AgreementError `application.unknown`. Repeating it is harmless. */
  async send(agreement: Hex, document: Hex): Promise<void> {
    const { agreements, applications, open, peers, store } = this.dependencies;
    const application = await applications.find(document);
    if (application === undefined) throw new AgreementError("application.unknown");
    const { provider, document: current } = await agreements.agreement(agreement);
    const { header, claims } = grantJson(application.grant);
    // A document that a supplement has replaced is of no use to the provider any more.
    if (current === document)
      await peers.call(provider, sendApplication, {
        body: { agreement, header: object(header), claims: object(claims) },
      });
    await store.write([open.remove(`application/${agreement}/${document}`)]);
  }
}

function object(value: unknown): JsonObject {
  if (!isJsonObject(value)) throw new TypeError("a grant has two objects");
  return value;
}
