import type { IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import { serve } from '../serve.ts';

export interface FakeIssue {
  readonly number: number;
  state: string;
  readonly user: { readonly login: string };
  readonly comments: { readonly body: string; readonly html_url: string }[];
  assignees: string[];
}

export interface FakeGitHub {
  readonly url: string;
  /** Of `octo/hello`. */
  issue(number: number): FakeIssue;
  readonly tokens: ReadonlySet<string | undefined>;
  /** Carries out the next comment, and loses the answer. */
  loseNextAnswer(): void;
}

/**
 * GitHub's issues on 127.0.0.1, with the fields of its documentation that the example reads.
 * https://docs.github.com/en/rest/issues
 */
export async function startFakeGitHub(): Promise<FakeGitHub> {
  const issues = new Map<number, FakeIssue>();
  const tokens = new Set<string | undefined>();
  let losesAnswer = false;

  const issue = (number: number) => {
    const known = issues.get(number) ?? {
      number,
      state: 'open',
      user: { login: 'mona' },
      comments: [],
      assignees: [],
    };
    issues.set(number, known);
    return known;
  };
  const url = await serve(async (request, response) => {
    tokens.add(request.headers.authorization);
    const body = await readJson(request);
    const answer = carryOut(issue, `${request.method} ${request.url}`, body);
    if (losesAnswer && request.method === 'POST') {
      losesAnswer = false;
      request.socket.destroy();
      return;
    }
    response.writeHead(answer ? 200 : 404, { 'content-type': 'application/json' });
    response.end(JSON.stringify(answer ?? { message: 'Not Found' }));
  });
  return {
    url,
    issue,
    tokens,
    loseNextAnswer() {
      losesAnswer = true;
    },
  };
}

type Body = { readonly body?: string; readonly assignees?: readonly string[] };

async function readJson(request: IncomingMessage): Promise<Body> {
  const content = await text(request);
  return content ? (JSON.parse(content) as Body) : {};
}

function carryOut(find: (number: number) => FakeIssue, call: string, { body, assignees }: Body): unknown {
  const [, method, number, part] =
    /^(GET|POST) \/repos\/octo\/hello\/issues\/(\d+)(?:\/(\w+))?(?:\?.*)?$/.exec(call) ?? [];
  const issue = find(Number(number));
  switch (`${method} ${part ?? 'issue'}`) {
    case 'GET issue':
      return {
        ...issue,
        comments: issue.comments.length,
        assignees: issue.assignees.map(login => ({ login })),
      };
    case 'GET comments':
      return issue.comments;
    case 'POST comments': {
      const html_url = `https://github.com/octo/hello/issues/${number}#issuecomment-${issue.comments.length + 1}`;
      issue.comments.push({ body: body ?? '', html_url });
      return issue.comments.at(-1);
    }
    case 'POST assignees':
      issue.assignees = [...new Set([...issue.assignees, ...(assignees ?? [])])];
      return issue;
    default:
      return undefined;
  }
}
