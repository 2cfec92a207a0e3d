import type { JsonValue } from "@alga-ext/protocol";

/** A type name of JSON Schema. */
export type JsonType = "object" | "array" | "string" | "number" | "integer" | "boolean" | "null";

/** A schema: an object of keywords, or `true` for anything and `false` for nothing. */
export type JsonSchema = boolean | JsonSchemaObject;

/** The part of JSON Schema 2020-12 that extensions may use; other keywords are notes without effect. */
export interface JsonSchemaObject {
  readonly title?: string;
  readonly description?: string;
  readonly type?: JsonType | readonly JsonType[];
  readonly properties?: { readonly [name: string]: JsonSchema };
  readonly required?: readonly string[];
  readonly additionalProperties?: JsonSchema;
  readonly minProperties?: number;
  readonly maxProperties?: number;
  readonly items?: JsonSchema;
  readonly prefixItems?: readonly JsonSchema[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly uniqueItems?: boolean;
  /** In code points. */
  readonly minLength?: number;
  /** In code points. */
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
  readonly multipleOf?: number;
  readonly enum?: readonly JsonValue[];
  readonly const?: JsonValue;
  readonly allOf?: readonly JsonSchema[];
  readonly anyOf?: readonly JsonSchema[];
  readonly oneOf?: readonly JsonSchema[];
  /** `#/$defs/name` of the same document. */
  readonly $ref?: string;
  /** Only at the root. */
  readonly $defs?: { readonly [name: string]: JsonSchema };
  readonly default?: JsonValue;
  readonly [keyword: string]: JsonValue;
}

/** One setting: a schema with notes for the form that asks for it. */
export interface SettingSchema extends JsonSchemaObject {
  /** Stored encrypted, never shown again, read with `cap:secrets.get`; always of type string. */
  readonly secret?: boolean;
  /** Heading under which a form shows it. */
  readonly category?: string;
  /** Shown in the empty field. */
  readonly placeholder?: string;
  /** A text of several lines. */
  readonly multiline?: boolean;
}

/** Settings of an extension: a schema of type object, one property for each setting. */
export interface SettingsSchema extends JsonSchemaObject {
  readonly type: "object";
  readonly properties: { readonly [name: string]: SettingSchema };
}
