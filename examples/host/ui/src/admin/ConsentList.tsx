import type { ConsentItem } from "@alga-ext/protocol";
import { Badge, Checkbox, type BadgeProps } from "@alga-ext/ui-kit";
import { useId, type ReactElement } from "react";
import { consentKey, toGroups, toggle, type ConsentGroup } from "./consent.ts";

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
  /** Keys of the items to mark as new. @default none */
  readonly added?: ReadonlySet<string>;
}

const NOTHING: ReadonlySet<string> = new Set();

/** What an extension may do, one line each in plain words; what is not for everybody can be withheld. */
export function ConsentList(props: ConsentListProps): ReactElement {
  const { items, chosen, onChange, heading, added = NOTHING } = props;
  const groups = toGroups(items);
  const given = items.filter(({ byDefault }) => byDefault);
  const row = (group: ConsentGroup, isDisabled = false): ReactElement => {
    const key = consentKey(group.item);
    return (
      <AskedItem
        item={group.item}
        isChosen={chosen.has(key)}
        isNew={added.has(key)}
        isDisabled={isDisabled}
        onChange={(isChosen) => onChange(toggle(chosen, group, isChosen))}
      />
    );
  };
  return (
    <div className="acme-consent">
      {groups.length > 0 && (
        <fieldset>
          <legend>{heading}</legend>
          <ul>
            {groups.map((group) => (
              <li key={consentKey(group.item)} className="acme-consent__item">
                {row(group)}
                {group.hosts.length > 0 && (
                  <ul className="acme-consent__hosts" aria-label="Hosts it may call">
                    {group.hosts.map((host) => (
                      <li key={consentKey(host)} className="acme-consent__item">
                        {row({ item: host, hosts: [] }, !chosen.has(consentKey(group.item)))}
                      </li>
                    ))}
                  </ul>
                )}
              </li>
            ))}
          </ul>
        </fieldset>
      )}
      {groups.length === 0 && <p>It asks for nothing beyond what every extension may do.</p>}
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
  readonly isNew: boolean;
  readonly isDisabled: boolean;
  readonly onChange: (isChosen: boolean) => void;
}

function AskedItem({ item, isChosen, isNew, isDisabled, onChange }: AskedItemProps): ReactElement {
  const metaId = useId();
  const risk = RISKS[item.risk];
  return (
    <>
      <Checkbox
        label={item.sentence}
        checked={isChosen && !isDisabled}
        disabled={isDisabled}
        onCheckedChange={onChange}
        aria-describedby={metaId}
      />
      <span id={metaId} className="acme-consent__meta">
        {isNew && <Badge tone="info">New</Badge>}
        <Badge tone={risk.tone}>{risk.label}</Badge>
        <code>{item.kind === "egress" ? `network: ${item.name}` : item.name}</code>
      </span>
    </>
  );
}
