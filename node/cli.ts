#!/usr/bin/env node
import { SDK_COMMANDS } from "../sdk/cli/commands.ts";
import { runProcess } from "../sdk/cli/process.ts";

await runProcess({ version: "0.1.0", commands: [...SDK_COMMANDS] });
