import type { SettingsSchema } from "@alga-ext/manifest";
import { describe, expect, it } from "vitest";
import {
  byCategory,
  fromDraft,
  problemsByName,
  toDraft,
  toFields,
  type SettingField,
} from "./settings-form.ts";

const schema: SettingsSchema = {
  type: "object",
  properties: {
    region: { type: "string", enum: ["eu", "us"], title: "Region", default: "eu", category: "Where" },
    days: { type: "integer", minimum: 1 },
    isLoud: { type: "boolean" },
    note: { type: "string", multiline: true, placeholder: "Say it" },
    key: { type: "string", secret: true, category: "Where" },
    tags: { $ref: "#/$defs/tags" },
  },
  $defs: { tags: { type: "array", items: { type: "string" } } },
  required: ["days"],
};
const fields = toFields(schema);
const field = (name: string): SettingField => fields.find((one) => one.name === name)!;

describe("the form of settings", () => {
  it("has a field of the right kind for each", () => {
    expect(fields.map(({ name, kind }) => [name, kind])).toEqual([
      ["region", "choice"],
      ["days", "number"],
      ["isLoud", "flag"],
      ["note", "multiline"],
      ["key", "secret"],
      ["tags", "json"],
    ]);
    expect(field("region").options).toEqual([
      { value: '"eu"', label: "eu" },
      { value: '"us"', label: "us" },
    ]);
    expect([field("days").isRequired, field("note").isRequired]).toEqual([true, false]);
    expect(byCategory(fields).map(([category, all]) => [category, all.length])).toEqual([
      ["Where", 2],
      ["", 4],
    ]);
  });

  it("shows what is stored, else the default, and a secret never", () => {
    expect(toDraft(field("region"), undefined)).toBe('"eu"');
    expect(toDraft(field("region"), "us")).toBe('"us"');
    expect(toDraft(field("days"), 7)).toBe("7");
    expect(toDraft(field("isLoud"), undefined)).toBe(false);
    expect(toDraft(field("tags"), ["a"])).toBe('[\n  "a"\n]');
    expect(toDraft(field("key"), "leaked")).toBe("");
  });

  it("reads back what was shown", () => {
    for (const [name, value] of [
      ["region", "us"],
      ["days", 7],
      ["isLoud", true],
      ["note", "a\nb"],
      ["tags", ["a", "b"]],
    ] as const) {
      expect(fromDraft(field(name), toDraft(field(name), value as never))).toEqual({ value });
    }
  });

  it("takes an empty field for a reset, and says what cannot be read", () => {
    for (const name of ["days", "note", "tags", "key"])
      expect(fromDraft(field(name), "")).toEqual({ value: null });
    expect(fromDraft(field("days"), "seven")).toHaveProperty("problem");
    expect(fromDraft(field("tags"), "[a]")).toHaveProperty("problem");
  });

  it("finds the field that a problem is about", () => {
    const problem = (pointer: string, message: string) => ({ code: "wrong", pointer, message });
    const found = problemsByName([
      problem("/days", "One."),
      problem("/days/0", "Two."),
      problem("/a~1b", "Three."),
      problem("", "All."),
    ]);
    expect([...found]).toEqual([
      ["days", "One. Two."],
      ["a/b", "Three."],
      ["", "All."],
    ]);
  });
});
