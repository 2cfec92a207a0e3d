import { Button, Input } from "@alga-ext/ui-kit";
import { useState, type ReactElement } from "react";

/** A text to take away, with a button that copies it. */
export function CopyText({ text, label }: { readonly text: string; readonly label: string }): ReactElement {
  const [isCopied, setIsCopied] = useState(false);
  return (
    <div className="acme-secret">
      <Input
        label={label}
        readOnly
        spellCheck={false}
        value={text}
        onFocus={(event) => event.currentTarget.select()}
      />
      <Button
        variant="outline"
        onClick={() => {
          // Where the clipboard is refused, the text can still be selected.
          void navigator.clipboard.writeText(text).then(
            () => setIsCopied(true),
            () => setIsCopied(false),
          );
        }}
      >
        {isCopied ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}
