#!/usr/bin/env node
import { createRequire } from "node:module";
import { heading, SDK_COMMANDS } from "../sdk/cli/commands.ts";
import { runProcess } from "../sdk/cli/process.ts";
import { registerAudit } from "./audit/command.ts";
import { registerBackup, registerRestore } from "./backup/commands.ts";
import { registerFsck } from "./fsck/command.ts";
import { registerReindex } from "./lineage/command.ts";
import { registerOperate } from "./operations/commands.ts";

// The package names itself: the same from the sources and from what is built.
const { version } = createRequire(import.meta.url)("suyuan/package.json") as { readonly version: string };

const operators = [registerAudit, registerFsck, registerReindex, registerBackup, registerRestore, registerOperate];
await runProcess({ version, commands: [...SDK_COMMANDS, heading({ zh: "运维:", en: "Operators:" }), ...operators] });
