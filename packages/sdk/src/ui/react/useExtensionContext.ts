import { useContext } from "react";
import { ExtensionContext, type ExtensionContextValue } from "./ExtensionContext.ts";

/** @throws {TypeError} outside an `ExtensionProvider`. */
export function useExtensionContext(): ExtensionContextValue {
  const value = useContext(ExtensionContext);
  if (value === null)
    throw new TypeError("Extension hooks work only inside <ExtensionProvider>: wrap the app in it.");
  return value;
}
