import { Alert, Button, Card, SearchInput } from "@alga-ext/ui-kit";
import { useCallback, useState, type ReactElement } from "react";
import { readCatalog, type CatalogRow } from "../api/catalog.ts";
import { setEnabled } from "../api/installs.ts";
import { navigate } from "../router.ts";
import { useApp } from "../session.ts";
import { useTitle } from "../useTitle.ts";
import { ExtensionCard } from "./ExtensionCard.tsx";
import { InstallDialog } from "./InstallDialog.tsx";
import { plural } from "./parts/format.ts";
import { Failed } from "./parts/Shown.tsx";
import { PlaceholderCard } from "./parts/PlaceholderCard.tsx";
import { useNotice } from "./parts/useNotice.tsx";
import { usePaged } from "./parts/usePaged.ts";
import { useAction } from "./useAction.ts";

const PAGE = 20;
const SEARCH_PAUSE_MS = 200;

/** The administrator's list of everything published, with the tenant's installs. */
export function ExtensionsPage(): ReactElement {
  useTitle("Extensions");
  const { session, refreshInstalls } = useApp();
  // The address keeps the search, so that coming back from an extension finds it again.
  const [search, setSearch] = useState(() => new URLSearchParams(location.search).get("search") ?? "");
  const catalog = usePaged<CatalogRow>(
    useCallback((cursor) => readCatalog({ search, cursor, limit: PAGE }), [search]),
  );
  const [installing, setInstalling] = useState<string | null>(null);
  const notice = useNotice();
  const toggle = useAction();
  const reload = (): Promise<unknown> => Promise.all([catalog.reload(), refreshInstalls()]);

  async function done(message: string): Promise<void> {
    setInstalling(null);
    await reload();
    notice.say(message);
  }
  async function enable(entry: CatalogRow, enabled: boolean): Promise<void> {
    notice.say(null);
    const worked = await toggle.run(async () => {
      await setEnabled(entry.registryId, enabled);
      await reload();
    });
    if (worked) notice.say(`${entry.displayName} is ${enabled ? "enabled" : "disabled"}.`);
  }
  function find(text: string): void {
    const query = text.trim();
    setSearch(query);
    navigate(`/admin/extensions${query === "" ? "" : `?search=${encodeURIComponent(query)}`}`, {
      replace: true,
    });
  }

  const { items, hasMore, isLoading, error, more } = catalog;
  const entry = items?.find(({ registryId }) => registryId === installing);
  return (
    <div className="acme-page">
      <header className="acme-page__head">
        <div>
          <h1>Extensions</h1>
          <p className="acme-muted">
            What is published, and what {session.user.tenantName} uses. Extensions run in a sandbox and can do
            only what you grant.
          </p>
        </div>
      </header>
      <SearchInput
        className="acme-search"
        placeholder="Search extensions"
        defaultValue={search}
        debounceMs={SEARCH_PAUSE_MS}
        maxLength={200}
        loading={isLoading && items !== null}
        onSearch={find}
      />
      {notice.element}
      {toggle.error !== null && <Alert tone="danger">{toggle.error}</Alert>}
      {error !== null && <Failed message={error} onRetry={items === null ? catalog.reload : more} />}
      {items === null && isLoading && <PlaceholderCard />}
      {items?.length === 0 && (
        <Card className="acme-empty">
          {search === "" ? "Nothing is published yet." : `Nothing matches “${search}”.`}
        </Card>
      )}
      {items !== null && items.length > 0 && (
        <ul className="acme-extensions" aria-label="Published extensions">
          {items.map((row) => (
            <li key={row.registryId}>
              <ExtensionCard
                entry={row}
                isBusy={toggle.isBusy}
                onInstall={() => {
                  notice.say(null);
                  setInstalling(row.registryId);
                }}
                onEnabledChange={(enabled) => void enable(row, enabled)}
              />
            </li>
          ))}
        </ul>
      )}
      {items !== null && hasMore && (
        <div className="acme-paged__more">
          <span className="acme-muted">{plural(items.length, "extension")} shown</span>
          <Button variant="outline" size="sm" loading={isLoading} onClick={() => void more()}>
            Show more
          </Button>
        </div>
      )}
      {entry !== undefined && (
        <InstallDialog
          entry={entry}
          onClose={() => setInstalling(null)}
          onDone={(message) => void done(message)}
          onStale={reload}
        />
      )}
    </div>
  );
}
