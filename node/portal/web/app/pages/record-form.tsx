import { Button, Form, Input, Select } from "antd";
import { useMemo, useState } from "react";
import { isJsonObject, type Json, type JsonObject } from "../../../../../sdk/protocol/json.ts";
import type { RecordSchema } from "../../../../../sdk/protocol/schema.ts";
import { useLanguage, useTexts } from "../../shared/language.tsx";
import { judgeLines } from "../record-lines.ts";
import { RECORD_TEXTS } from "./record-texts.ts";

interface Leaf {
  readonly path: readonly string[];
  /** As a fault names it. */
  readonly pointer: string;
  readonly title: string;
  readonly sub: JsonObject;
}

/** The single values of a schema. Lists are for the text below the form. */
function leavesOf(schema: JsonObject, language: "zh" | "en"): Leaf[] {
  const found: Leaf[] = [];
  const walk = (sub: Json | undefined, path: readonly string[], titles: readonly string[]): void => {
    if (!isJsonObject(sub) || sub["items"] !== undefined) return;
    const title = language === "en" ? (sub["x-title-en"] ?? sub["title"]) : sub["title"];
    const named = path.length === 0 ? [] : [...titles, typeof title === "string" ? title : (path.at(-1) ?? "")];
    const { properties } = sub;
    if (!isJsonObject(properties)) {
      const pointer = path.map((name) => `/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
      found.push({ path, pointer, title: named.join(" › "), sub });
      return;
    }
    for (const [name, member] of Object.entries(properties)) walk(member, [...path, name], named);
  };
  walk(schema, [], []);
  return found;
}

/** What was typed, as the type of its place; text where it does not fit, for the schema to refuse. */
function valueOf(text: string, { type }: JsonObject): Json {
  const types: readonly Json[] = Array.isArray(type) ? type : [type ?? "string"];
  if (types.includes("string")) return text;
  if (types.includes("boolean") && (text === "true" || text === "false")) return text === "true";
  const number = Number(text);
  return (types.includes("integer") || types.includes("number")) && Number.isFinite(number) ? number : text;
}

function withValue(document: JsonObject, [name, ...rest]: readonly string[], value: Json): JsonObject {
  if (name === undefined) return document;
  const inner = document[name];
  const next = rest.length === 0 ? value : withValue(isJsonObject(inner) ? inner : {}, rest, value);
  return { ...document, [name]: next };
}

const documentOf = (leaves: readonly Leaf[], typed: Readonly<Record<string, string>>): JsonObject =>
  leaves.reduce<JsonObject>((document, { path, pointer, sub }) => {
    const text = typed[pointer] ?? "";
    return text === "" ? document : withValue(document, path, valueOf(text, sub));
  }, {});

interface FormProps {
  readonly json: JsonObject;
  readonly schema: RecordSchema;
  /** One JSON object. */
  readonly onAdd: (line: string) => void;
}

/** One record by its fields, each judged while it is typed. */
export function RecordForm({ json, schema, onAdd }: FormProps) {
  const t = useTexts(RECORD_TEXTS);
  const { language } = useLanguage();
  const leaves = useMemo(() => leavesOf(json, language), [json, language]);
  const [typed, setTyped] = useState<Readonly<Record<string, string>>>({});
  const line = JSON.stringify(documentOf(leaves, typed));
  const { faults } = useMemo(() => judgeLines(line, schema), [line, schema]);
  const named = faults.filter((fault) => fault.kind === "schema");
  return (
    <Form layout="vertical" component="div">
      <div className="columns">
        {leaves.map(({ pointer, title, sub }) => {
          const fault = named.find(({ at }) => at === pointer);
          const isMissing = fault?.rule === "required";
          const set = (value: string) => setTyped((before) => ({ ...before, [pointer]: value }));
          const choices = Array.isArray(sub["enum"]) ? sub["enum"].map(String) : undefined;
          return (
            <Form.Item
              key={pointer}
              label={title}
              htmlFor={`field${pointer}`}
              required={isMissing}
              {...(fault !== undefined &&
                !isMissing && { validateStatus: "error" as const, help: t("fieldFault", { rule: fault.rule }) })}
            >
              {choices === undefined ? (
                <Input
                  id={`field${pointer}`}
                  value={typed[pointer] ?? ""}
                  onChange={({ target }) => set(target.value)}
                />
              ) : (
                <Select
                  id={`field${pointer}`}
                  allowClear
                  {...(typed[pointer] !== undefined && { value: typed[pointer] })}
                  onChange={(value: string | undefined) => set(value ?? "")}
                  options={choices.map((value) => ({ value, label: value }))}
                />
              )}
            </Form.Item>
          );
        })}
      </div>
      <p className="bar">
        <Button
          disabled={faults.length > 0}
          onClick={() => {
            onAdd(line);
            setTyped({});
          }}
        >
          {t("addLine")}
        </Button>
        <span role="status">{faults.length > 0 && t("faultCount", { count: faults.length })}</span>
      </p>
    </Form>
  );
}
