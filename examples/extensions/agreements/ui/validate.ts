import type { AgreementInput } from "./agreement.ts";

/** What is in the form's fields, before anyone has checked it. */
export type DraftFields = { readonly [Field in keyof AgreementInput]: string };

/** A message per field that is not acceptable. */
export type FieldErrors = { readonly [Field in keyof AgreementInput]?: string };

/** Check what was typed; the server checks again. */
export function validateInput(fields: DraftFields): FieldErrors {
  const errors: { -readonly [Field in keyof FieldErrors]: string } = {};
  if (fields.title.trim() === "") errors.title = "Enter a title.";
  else if (fields.title.length > 200) errors.title = "Use at most 200 characters.";
  if (fields.customer.trim() === "") errors.customer = "Enter the customer’s name.";
  else if (fields.customer.length > 200) errors.customer = "Use at most 200 characters.";
  const value = Number(fields.value);
  if (fields.value.trim() === "" || !Number.isFinite(value)) errors.value = "Enter an amount, such as 1200.";
  else if (value < 0) errors.value = "The amount cannot be negative.";
  if (fields.startDate === "") errors.startDate = "Choose the first day.";
  if (fields.endDate === "") errors.endDate = "Choose the last day.";
  else if (fields.startDate !== "" && fields.endDate < fields.startDate) {
    errors.endDate = "The last day cannot be before the first.";
  }
  return errors;
}

/** What the API takes. */
export function toInput(fields: DraftFields): AgreementInput {
  return {
    title: fields.title.trim(),
    customer: fields.customer.trim(),
    status: fields.status as AgreementInput["status"],
    value: Number(fields.value),
    currency: fields.currency,
    startDate: fields.startDate,
    endDate: fields.endDate,
    notes: fields.notes.trim(),
  };
}

/** What the form shows for an agreement, or for a new one. */
export function toFields(draft: AgreementInput | null): DraftFields {
  return {
    title: draft?.title ?? "",
    customer: draft?.customer ?? "",
    status: draft?.status ?? "draft",
    value: draft === null ? "" : String(draft.value),
    currency: draft?.currency ?? "EUR",
    startDate: draft?.startDate ?? "",
    endDate: draft?.endDate ?? "",
    notes: draft?.notes ?? "",
  };
}

/** Whether two forms hold the same. */
export function isSame(one: DraftFields, other: DraftFields): boolean {
  return (Object.keys(one) as (keyof DraftFields)[]).every((name) => one[name] === other[name]);
}
