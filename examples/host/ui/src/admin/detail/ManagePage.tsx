import { Breadcrumbs } from "@alga-ext/ui-kit";
import { useCallback, useMemo, type ReactElement } from "react";
import { readCatalogRow, readExtension } from "../../api/catalog.ts";
import { isPlainClick } from "../../Link.tsx";
import { navigate } from "../../router.ts";
import { useApp } from "../../session.ts";
import { useLoaded } from "../../useLoaded.ts";
import { useTitle } from "../../useTitle.ts";
import { Shown } from "../parts/Shown.tsx";
import { useNotice } from "../parts/useNotice.tsx";
import { ManagedContext, type Managed } from "./managed.ts";
import { ManageHead } from "./ManageHead.tsx";
import { ManageTabs } from "./ManageTabs.tsx";

const LIST = "/admin/extensions";

/** Props of {@link ManagePage}. */
export interface ManagePageProps {
  readonly registryId: string;
  readonly tab: string | undefined;
}

/** Everything an administrator decides and sees about one extension. */
export function ManagePage({ registryId, tab }: ManagePageProps): ReactElement {
  const { installs, refreshInstalls } = useApp();
  const notice = useNotice();
  const loaded = useLoaded(
    useCallback(async () => {
      const data = await readExtension(registryId);
      return { data, entry: await readCatalogRow(data.extension) };
    }, [registryId]),
  );
  const { value, reload: read } = loaded;
  const known = installs?.find((install) => install.registryId === registryId)?.displayName;
  const name = value?.data.extension.displayName ?? known ?? "Extension";
  useTitle(name);

  const { say } = notice;
  const managed = useMemo<Managed | null>(() => {
    if (value === null) return null;
    const reload = async (): Promise<void> => {
      await Promise.all([read(), refreshInstalls()]);
    };
    const done = async (message: string): Promise<void> => {
      await reload();
      say(message);
    };
    return { registryId: value.data.extension.registryId, name, ...value, reload, done };
  }, [value, name, read, refreshInstalls, say]);

  return (
    <div className="acme-page">
      <Breadcrumbs
        items={[
          {
            label: "Extensions",
            href: LIST,
            onClick: (event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              navigate(LIST);
            },
          },
          { label: name },
        ]}
      />
      {value === null && <h1>{name}</h1>}
      <Shown loaded={loaded}>
        {() =>
          managed !== null && (
            <ManagedContext value={managed}>
              <ManageHead />
              {notice.element}
              <ManageTabs tab={tab} />
            </ManagedContext>
          )
        }
      </Shown>
    </div>
  );
}
