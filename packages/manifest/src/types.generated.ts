// Made from schema/manifest.schema.json by scripts/generate.ts; do not edit.

/**
 * manifest.json of an Alga extension. Unknown keys are kept and warned about, never refused.
 */
export interface ManifestSource {
/**
 * Address of this schema, for editors.
 */
$schema?: string
/**
 * Name of the extension, unique for its publisher.
 */
name: string
/**
 * Who publishes the extension; with the name it is the extension's identity.
 */
publisher?: string
/**
 * Semantic version, or X.Y.* to take the next free patch number when it is published.
 */
version: string
/**
 * The runtime the extension is written for.
 */
runtime: string
/**
 * What people see instead of the name.
 */
displayName?: string
/**
 * One or two sentences for the catalogue.
 */
description?: string
/**
 * What the extension may do. Only what an administrator grants as well takes effect.
 * 
 * @maxItems 256
 * 
 * Items: A capability name; the prefix cap: may be left out.
 */
capabilities?: string[]
/**
 * Outside hosts the extension may call with cap:http.fetch; nothing else is reachable.
 * 
 * @maxItems 100
 */
egress?: EgressSource[]
ui?: UiSource
api?: ApiSource
/**
 * Settings an administrator fills in.
 */
settings?: unknown
/**
 * @deprecated
 * The component is always dist/main.wasm.
 */
entry?: unknown
/**
 * @deprecated
 * The page is always ui/index.html.
 */
main?: unknown
/**
 * @deprecated
 * Everything below ui/ is packed.
 */
assets?: unknown
/**
 * @deprecated
 * Only the component itself runs.
 */
precompiled?: unknown
/**
 * @deprecated
 * A bill of materials is not read from the manifest.
 */
sbom?: unknown
/**
 * @deprecated
 * Events are not delivered yet.
 */
events?: unknown
/**
 * @deprecated
 * Rights are asked for in capabilities.
 */
permissions?: unknown
/**
 * @deprecated
 * User interface is declared in ui.
 */
components?: unknown
/**
 * @deprecated
 * Extensions cannot depend on each other.
 */
requiredExtensions?: unknown
/**
 * @deprecated
 * An administrator enables extensions.
 */
autoEnable?: unknown
/**
 * @deprecated
 * The host decides which runtimes it serves.
 */
minAppVersion?: unknown
/**
 * @deprecated
 * Endpoints are declared in api.endpoints.
 */
apiEndpoints?: unknown
/**
 * @deprecated
 * The identity is publisher and name.
 */
extension?: unknown
[k: string]: unknown
}
export interface EgressSource {
/**
 * A host name in ASCII, or *. and a domain to mean exactly one more label. No scheme, no address literal.
 */
host: string
/**
 * Ports besides 443.
 * 
 * @minItems 1
 * @maxItems 16
 */
ports?: number[]
/**
 * Why, in words for the administrator who consents.
 */
reason: string
[k: string]: unknown
}
/**
 * The page shown in a sandboxed frame.
 */
export interface UiSource {
type: "iframe"
/**
 * Path of the page inside the bundle.
 */
entry: string
hooks?: HooksSource
/**
 * @deprecated
 * The page routes by itself.
 */
routes?: unknown
[k: string]: unknown
}
/**
 * Where the host offers the page. Other keys are handed to the host as they are.
 */
export interface HooksSource {
appMenu?: MenuSource
clientPortalMenu?: MenuSource
[k: string]: unknown
}
export interface MenuSource {
/**
 * Text of the menu item.
 */
label: string
[k: string]: unknown
}
export interface ApiSource {
/**
 * Routes the handler answers; all others are 404. The first that matches wins.
 * 
 * @maxItems 1000
 */
endpoints: EndpointSource[]
[k: string]: unknown
}
export interface EndpointSource {
/**
 * HTTP method.
 */
method: string
/**
 * Path with :name for a segment that varies.
 */
path: string
/**
 * Informational; the component's handler answers every endpoint.
 */
handler: string
/**
 * Whether a schedule may call it.
 */
schedulable?: boolean
/**
 * One sentence for documentation.
 */
summary?: string
[k: string]: unknown
}
