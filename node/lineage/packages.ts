import { toHex } from "../../sdk/protocol/bytes.ts";
import type { Evidence } from "../../sdk/protocol/evidence.ts";
import { recordId } from "../../sdk/protocol/header.ts";
import type { ScopeSeq } from "../storage/codecs.ts";
import { Draft } from "../storage/draft.ts";
import { Serial } from "../storage/serial.ts";
import type { Operation, Store } from "../storage/store.ts";
import type { StoredPackageItem } from "../storage/stored-lineage.ts";
import type { LineageWriter } from "./writer.ts";

/** What a package says of one evidence in it. */
export const packageItem = ({ header, claims }: Evidence): StoredPackageItem => ({
  scope: header.scope,
  seq: header.seq,
  record: toHex(recordId(header)),
  claims: claims.disclosed.map(({ at }) => at),
});

/** Notes what was handed over in the write that makes the handing over durable. The one writer of its lane. */
export class PackageIndex {
  private readonly store: Store;
  private readonly writer: LineageWriter;
  private readonly writing = new Serial();

  constructor({ store, writer }: { readonly store: Store; readonly writer: LineageWriter }) {
    this.store = store;
    this.writer = writer;
  }

  /** Writes `operations` and where the records of a delivery went. Throws StorageError. */
  delivered(place: ScopeSeq, items: readonly StoredPackageItem[], operations: readonly Operation[]): Promise<void> {
    return this.write(operations, (draft) => this.writer.noteDelivery(draft, place, items));
  }

  /** Writes `operations` and by which receipt records of another department came. Throws StorageError. */
  received(place: ScopeSeq, items: readonly StoredPackageItem[], operations: readonly Operation[]): Promise<void> {
    return this.write(operations, (draft) => this.writer.noteReception(draft, place, items));
  }

  private write(operations: readonly Operation[], note: (draft: Draft) => Promise<void>): Promise<void> {
    return this.writing.run(async () => {
      const draft = new Draft(this.store);
      await note(draft);
      await this.store.write([...operations, ...draft.operations]);
    });
  }
}
