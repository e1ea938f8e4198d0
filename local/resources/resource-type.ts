import type { Cloud } from '../cloud.ts';
import type { JsonObject } from '../json-value.ts';
import type { ResourceSummary } from './resource-summary.ts';

/** The local counterpart of one CloudFormation resource type. */
export interface ResourceType {
  /** The properties that `create` acts on. Any that is in neither list stops the start: it might matter. */
  readonly properties: readonly string[];
  /** The properties that change nothing on a laptop: tags, encryption, capacity, … */
  readonly withoutEffect: readonly string[];
  create(request: ResourceRequest): Promise<LiveResource>;
  /** For resources that can be given other properties while they run. */
  readonly replacement?: ResourceReplacement;
}

export interface ResourceReplacement {
  /** The properties that may differ; a change of any other takes a new start. */
  readonly properties: readonly string[];
  /**
   * Gives the running resource the request's properties, and answers what it is from then on.
   *
   * @throws StartError; the resource is as it was then.
   */
  replace(request: ResourceRequest): Promise<LiveResource>;
}

/** One resource of a template, its properties resolved: no intrinsics are left in them. */
export interface ResourceRequest {
  readonly stackName: string;
  readonly logicalId: string;
  readonly properties: JsonObject;
  readonly cloud: Cloud;
  /** Absolute paths of the stack's file assets by their S3 key. */
  readonly assets: ReadonlyMap<string, string>;
  /** Variables that every function gets, over those of the template. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface LiveResource {
  /** What `Ref` answers. */
  readonly ref: string;
  /** What `Fn::GetAtt` answers, by attribute name. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** How the resource is listed; absent for what nobody looks up. */
  readonly summary?: ResourceSummary;
  /** Called once every resource of every stack exists, before any `start`. */
  initialize?(): Promise<void>;
  /** Called once everything is initialized; event sources begin to deliver here. */
  start?(): Promise<void>;
  stop?(): Promise<void>;
}
