/** What is wrong with the URL that calls go to, quoting nothing of it, for it may carry a password. */
export interface EndpointProblem {
  readonly summary: string;
  readonly hint: string;
}

/** Why secrets may not be sent to this URL: only https, or plain http to this machine, and no credentials in it. */
export function endpointProblem(text: string): EndpointProblem | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url !== undefined && `${url.username}${url.password}${url.search}${url.hash}` !== "") {
    return {
      summary: "carries more than a host, a port and a path",
      hint: "plans show the endpoint: leave user, password and query away",
    };
  }
  if (url?.protocol === "https:") return undefined;
  if (url?.protocol !== "http:") {
    return {
      summary: "is not an http or https URL",
      hint: "write it as https://host or http://127.0.0.1:port",
    };
  }
  if (/^(localhost|127(\.\d+){3}|\[::1\])$/.test(url.hostname)) return undefined;
  return {
    summary: "would carry secrets in clear: plain http is only for loopback",
    hint: "use an https: endpoint",
  };
}

export function isEndpoint(text: string): boolean {
  return endpointProblem(text) === undefined;
}

export const NO_ENDPOINT = "must be an https: URL; plain http: only to this machine";
