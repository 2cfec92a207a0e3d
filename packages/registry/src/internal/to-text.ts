/** What Postgres text can hold of a string: no NUL, no half characters, at most `maxLength` UTF-16 units. */
export function toText(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replaceAll("\0", "\u{fffd}").toWellFormed();
}
