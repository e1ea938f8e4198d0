import { NonRetryableError } from 'cdk-background-jobs/lambda';
import * as z from 'zod/mini';

/** What we read of GitHub's issues. https://docs.github.com/en/rest/issues/issues#get-an-issue */
const Issue = z.object({
  state: z.string(),
  comments: z.int(),
  user: z.object({ login: z.string() }),
  assignees: z.array(z.object({ login: z.string() })),
});

/** https://docs.github.com/en/rest/issues/comments */
const Comment = z.object({ html_url: z.string(), body: z.optional(z.string()) });

export type Comment = z.infer<typeof Comment>;

/** The part of GitHub's API that the example needs. */
export interface GitHub {
  readIssue(repository: string, number: number, signal: AbortSignal): Promise<z.infer<typeof Issue>>;
  listComments(repository: string, number: number, signal: AbortSignal): Promise<readonly Comment[]>;
  addComment(repository: string, number: number, body: string, signal: AbortSignal): Promise<Comment>;
  assign(repository: string, number: number, login: string, signal: AbortSignal): Promise<void>;
}

/** @param readToken asked before each call, so that a rotated token is taken */
export function createGitHub(baseUrl: string, readToken: () => Promise<string>): GitHub {
  async function call(path: string, signal: AbortSignal, body?: unknown): Promise<unknown> {
    const response = await fetch(new URL(path, baseUrl), {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        accept: 'application/vnd.github+json',
        authorization: `Bearer ${await readToken()}`,
        'user-agent': 'cdk-background-jobs-example',
        ...(body !== undefined && { 'content-type': 'application/json' }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      signal,
    });
    if (response.ok) return await response.json();
    const message = `GitHub answered ${response.status} to ${path}: ${(await response.text()).slice(0, 200)}`;
    // Gone or never there: no attempt will find it. Refusals (403, 429) are how GitHub limits rates, and pass.
    throw [404, 410, 422].includes(response.status) ? new NonRetryableError(message) : new Error(message);
  }
  return {
    readIssue: async (repository, number, signal) =>
      Issue.parse(await call(`/repos/${repository}/issues/${number}`, signal)),
    listComments: async (repository, number, signal) =>
      z
        .array(Comment)
        .parse(await call(`/repos/${repository}/issues/${number}/comments?per_page=100`, signal)),
    addComment: async (repository, number, body, signal) =>
      Comment.parse(await call(`/repos/${repository}/issues/${number}/comments`, signal, { body })),
    async assign(repository, number, login, signal) {
      await call(`/repos/${repository}/issues/${number}/assignees`, signal, { assignees: [login] });
    },
  };
}
