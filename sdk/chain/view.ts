import { agreementReads, type AgreementReads } from "./agreements.ts";
import { anchorReads, type AnchorReads } from "./anchors.ts";
import { bidReads, type BidReads } from "./bids.ts";
import { calendarReads, type CalendarReads } from "./calendar.ts";
import { catalogueReads, type CatalogueReads } from "./catalogue.ts";
import { departmentReads, type DepartmentReads } from "./departments.ts";
import { directoryReads, type DirectoryOptions, type DirectoryReads } from "./directory.ts";
import { noticeReads, type NoticeReads } from "./notices.ts";
import { projectReads, type ProjectReads } from "./projects.ts";
import { statusReads, type StatusReads } from "./statuses.ts";

/**
 * Everything the ledger's contracts say at one block. Each question is asked once. Answers are an endpoint's word:
 * checked for form, and against one another where the contracts allow it.
 */
export type LedgerView = DirectoryReads &
  DepartmentReads &
  CatalogueReads &
  CalendarReads &
  AgreementReads &
  AnchorReads &
  StatusReads &
  ProjectReads &
  BidReads &
  NoticeReads;

export function ledgerView(options: DirectoryOptions): LedgerView {
  const asker = directoryReads(options);
  const { contractAddress, contractAddresses, directoryDelay, events } = asker;
  return {
    contractAddress,
    contractAddresses,
    directoryDelay,
    events,
    ...departmentReads(asker),
    ...catalogueReads(asker),
    ...calendarReads(asker),
    ...agreementReads(asker),
    ...anchorReads(asker),
    ...statusReads(asker),
    ...projectReads(asker),
    ...bidReads(asker),
    ...noticeReads(asker),
  };
}
