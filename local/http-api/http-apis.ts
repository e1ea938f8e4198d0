import { StartError } from '../start-error.ts';
import { type HttpApi, type HttpApiOptions, startHttpApi } from './http-api.ts';

/** The HTTP APIs of all stacks, by id. */
export interface HttpApis {
  start(options: HttpApiOptions): Promise<HttpApi>;
  /** @throws StartError when there is none */
  require(id: string): HttpApi;
}

export function createHttpApis(): HttpApis {
  const apis = new Map<string, HttpApi>();
  return {
    async start(options) {
      const api = await startHttpApi(options);
      apis.set(options.id, api);
      return api;
    },
    require(id) {
      const api = apis.get(id);
      if (api === undefined) throw new StartError(`ApiId ${id} is no HTTP API of these stacks`);
      return api;
    },
  };
}
