import { useRoute } from "@alga-ext/sdk/ui/react";
import { useCallback, useState, type ReactElement } from "react";
import { AgreementDetail } from "./AgreementDetail.tsx";
import { AgreementEditor } from "./AgreementEditor.tsx";
import { AgreementList } from "./AgreementList.tsx";
import { NotFound } from "./NotFound.tsx";
import { toPage } from "./page.ts";

/** The whole extension: one page per path, and a notice of what was just done. */
export function App(): ReactElement {
  const { path, navigate } = useRoute();
  const [firstPath] = useState(path);
  const [hasMoved, setMoved] = useState(false);
  const [notice, setNotice] = useState<{ readonly text: string; readonly path: string } | null>(null);
  if (!hasMoved && path !== firstPath) setMoved(true);

  const go = useCallback(
    (to: string, options: { readonly notice?: string; readonly replace?: boolean } = {}) => {
      setNotice(options.notice === undefined ? null : { text: options.notice, path: to });
      navigate(to, { replace: options.replace === true });
    },
    [navigate],
  );

  const page = toPage(path);
  const shared = { go, takeFocus: hasMoved, notice: notice?.path === path ? notice.text : null };
  return (
    <main className="page">
      {page.name === "list" && <AgreementList {...shared} />}
      {page.name === "new" && <AgreementEditor key="new" id={null} {...shared} />}
      {page.name === "edit" && <AgreementEditor key={page.id} id={page.id} {...shared} />}
      {page.name === "detail" && <AgreementDetail key={page.id} id={page.id} {...shared} />}
      {page.name === "unknown" && <NotFound {...shared} />}
    </main>
  );
}
