/** Whether a text can name a tenant: half characters are stored as one and the same other, so two tenants would be one. */
export function isTenantId(text: string): boolean {
  return text !== "" && text.length <= 255 && !text.includes("\0") && text.isWellFormed();
}
