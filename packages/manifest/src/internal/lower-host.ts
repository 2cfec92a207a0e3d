/** A host in lower case, but for the names of settings: those keep theirs. */
export function lowerHost(host: string): string {
  return host.includes("{")
    ? host.replaceAll(/[^{}]+(?![^{]*\})/g, (part) => part.toLowerCase())
    : host.toLowerCase();
}
