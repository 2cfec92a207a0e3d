import type { ConsentItem } from "@alga-ext/protocol";
import { Badge, Checkbox, type BadgeProps } from "@alga-ext/ui-kit";
import { useId, type ReactElement } from "react";
import { consentKey, selectable } from "./consent.ts";

const RISKS = {
  low: { tone: "success", label: "Low risk" },
  medium: { tone: "warning", label: "Medium risk" },
  high: { tone: "danger", label: "High risk" },
} as const satisfies Record<ConsentItem["risk"], { tone: BadgeProps["tone"]; label: string }>;

/** Props of {@link ConsentList}. */
export interface ConsentListProps {
  readonly items: readonly ConsentItem[];
  readonly chosen: ReadonlySet<string>;
  readonly onChange: (chosen: ReadonlySet<string>) => void;
  /** Heading over what can be chosen. */
  readonly heading: string;
}

/** What an extension may do, one line each in plain words; what is not for everybody can be withheld. */
export function ConsentList({ items, chosen, onChange, heading }: ConsentListProps): ReactElement {
  const asked = selectable(items);
  const given = items.filter(({ byDefault }) => byDefault);
  return (
    <div className="acme-consent">
      {asked.length > 0 && (
        <fieldset>
          <legend>{heading}</legend>
          <ul>
            {asked.map((item) => (
              <AskedItem
                key={consentKey(item)}
                item={item}
                isChosen={chosen.has(consentKey(item))}
                onChange={(isChosen) => onChange(withKey(chosen, consentKey(item), isChosen))}
              />
            ))}
          </ul>
        </fieldset>
      )}
      {asked.length === 0 && <p>It asks for nothing beyond what every extension may do.</p>}
      {given.length > 0 && (
        <section>
          <h3>Every extension may</h3>
          <ul className="acme-consent__given">
            {given.map((item) => (
              <li key={consentKey(item)}>{item.sentence}</li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

interface AskedItemProps {
  readonly item: ConsentItem;
  readonly isChosen: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

function AskedItem({ item, isChosen, onChange }: AskedItemProps): ReactElement {
  const metaId = useId();
  const risk = RISKS[item.risk];
  return (
    <li className="acme-consent__item">
      <Checkbox
        label={item.sentence}
        checked={isChosen}
        onCheckedChange={onChange}
        aria-describedby={metaId}
      />
      <span id={metaId} className="acme-consent__meta">
        <Badge tone={risk.tone}>{risk.label}</Badge>
        <code>{item.kind === "egress" ? `network: ${item.name}` : item.name}</code>
      </span>
    </li>
  );
}

function withKey(set: ReadonlySet<string>, key: string, isIn: boolean): ReadonlySet<string> {
  const next = new Set(set);
  if (isIn) next.add(key);
  else next.delete(key);
  return next;
}
