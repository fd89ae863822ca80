import type { Command } from "commander";
import type { Context } from "./context.ts";
import { collect, timeValue, urlValue } from "./values.ts";

/** Which ledger is believed, and by which endpoints it is read. */
export interface TrustOptions {
  readonly trust?: string;
  readonly rpc?: readonly string[];
}

/** For a command that asks the chain itself. */
export const addTrustOptions = (command: Command, { say }: Context): Command =>
  command
    .option(
      "--trust <FILE>",
      say({
        zh: "信任文件;默认为 SUYUAN_TRUST,或所在目录及上级目录的 data/trust.json",
        en: "the trust file; by default SUYUAN_TRUST, or data/trust.json here or in a folder above",
      }),
    )
    .option(
      "--rpc <URL>",
      say({
        zh: "链节点,可重复,各节点的回答须一致;默认取自信任文件",
        en: "a chain endpoint, repeatable, all must agree; by default those of the trust file",
      }),
      collect(urlValue("--rpc")),
    );

/** The time asked about, and by when a change must have been recorded to count; seconds. */
export interface TimeOptions {
  readonly at?: number;
  readonly knownAt?: number;
}

/** For a command that can ask about the past. */
export const addTimeOptions = (command: Command, context: Context): Command =>
  addKnownAtOption(
    command.option(
      "--at <TIME>",
      context.say({ zh: "核验哪一时刻的效力;默认现在", en: "the time asked about; now by default" }),
      timeValue("--at"),
    ),
    context,
  );

export const addKnownAtOption = (command: Command, { say }: Context): Command =>
  command.option(
    "--known-at <TIME>",
    say({ zh: "只计该时刻之前入链的变更", en: "count only what was recorded by then" }),
    timeValue("--known-at"),
  );

/** Those of the options that were given. */
export const givenTimes = ({ at, knownAt }: TimeOptions): TimeOptions => ({
  ...(at !== undefined && { at }),
  ...(knownAt !== undefined && { knownAt }),
});
