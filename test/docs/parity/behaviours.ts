import { differs, type Row, refused, same } from './rows.ts';

/** What no registry knows: how the services behave, with the test that shows it. */
export const BEHAVIOURS = {
  sqs: [
    same(
      'Visibility timeout: of queue, receive and change; 12 hours from the receive at most',
      'local/sqs/visibility.test.ts',
    ),
    same('Receive count and first receive', 'local/sqs/send-and-receive.test.ts'),
    same(
      'Delay of queue and message, up to 900 s; retroactive for FIFO queues only',
      'local/sqs/delay-and-retention.test.ts',
    ),
    same(
      'Long polling',
      'local/sqs/long-polling.test.ts',
      'a receive that is aborted takes no message with it',
    ),
    same(
      'Redrive at the receive beyond maxReceiveCount; id, attributes and, in standard queues, the time of the send survive',
      'local/sqs/redrive.test.ts',
    ),
    same('RedriveAllowPolicy', 'local/sqs/redrive.test.ts'),
    same('Retention deletes, and never dead-letters', 'local/sqs/delay-and-retention.test.ts'),
    same(
      'Message move tasks: new ids, rate, one at a time, no message sent to the dead-letter queue itself',
      'local/sqs/message-move-tasks.test.ts',
    ),
    differs(
      'Counts and age',
      'local/sqs/queues.test.ts',
      'exact and at once, where AWS approximates; the age leaves out what was received three times, as in AWS',
    ),
    same('Batches fail in part', 'local/sqs/batches.test.ts'),
    same(
      '1 MiB a message and a batch, attributes counted; ten attributes; forbidden characters',
      'local/sqs/message-rules.test.ts',
    ),
    same(
      'FIFO: groups are locked, one receive takes several messages of a group, order holds over failures',
      'local/sqs/fifo.test.ts',
    ),
    same(
      'FIFO: deduplication for five minutes, by id or content, by queue or group',
      'local/sqs/fifo.test.ts',
    ),
    differs(
      'Standard queues: order and duplicates',
      'local/sqs/send-and-receive.test.ts',
      'in order, and each message once, where AWS promises neither',
    ),
    differs(
      'Fair queues: MessageGroupId on standard queues',
      'local/sqs/send-and-receive.test.ts',
      'accepted and given back; tenants are not balanced',
    ),
    same('120,000 messages in flight', 'local/sqs/in-flight-limit.test.ts'),
    same(
      'Receipt handles: of the latest receive, with the leniency of standard queues',
      'local/sqs/receipt-handles.test.ts',
    ),
    same('Trace headers: X-Amzn-Trace-Id becomes AWSTraceHeader', 'local/sqs/message-rules.test.ts'),
    same("Error codes, in the JSON protocol and for the SDK's error classes", 'local/sqs/protocol.test.ts'),
    refused('The query protocol (SDKs before the end of 2023)', 'local/sqs/protocol.test.ts'),
  ],
  eventSource: [
    same('Batch size, and 6 MB a batch', 'local/event-sources/sqs-event-source.test.ts'),
    same('Batching window', 'local/event-sources/sqs-event-source.test.ts'),
    same('MaximumConcurrency', 'local/engine/event-source-mapping.test.ts'),
    differs(
      'Scaling',
      'local/event-sources/sqs-event-source.test.ts',
      'five batches at once without MaximumConcurrency, where AWS begins with five and scales to 1,250; nothing is polled, the queue tells',
    ),
    same(
      "ReportBatchItemFailures, with AWS's reading of every wrong form",
      'local/event-sources/batch-item-failures.test.ts',
    ),
    same(
      'Function errors: the batch comes back after its visibility timeout',
      'local/event-sources/sqs-event-source.test.ts',
    ),
    differs(
      'Concurrency after function errors',
      'local/event-sources/sqs-event-source.test.ts',
      'stays as it is; AWS lowers it for a while',
    ),
    differs(
      'Throttles',
      'local/event-sources/sqs-event-source.test.ts',
      'a throttled batch is invoked with again until its visibility timeout ends, as in AWS; back-off from 0.5 s to 30 s, where AWS does not document how long its own is',
    ),
    same(
      'Messages that outlived their visibility timeout are left alone',
      'local/event-sources/with-sqs-and-lambda.test.ts',
    ),
    same('FIFO: one batch of a group at once, in order', 'local/event-sources/with-sqs-and-lambda.test.ts'),
    same(
      'Settings that AWS refuses are refused, a visibility timeout below the function timeout among them',
      'local/event-sources/sqs-event-source.test.ts',
    ),
    refused('FilterCriteria', 'local/engine/refused.test.ts'),
    refused('Sources other than SQS', 'local/engine/refused.test.ts'),
  ],
  lambda: [
    same(
      'Cold and warm starts; an environment runs one invocation at a time',
      'local/lambda/environments.test.ts',
    ),
    same(
      'Freeze between invocations',
      'local/lambda/environments.test.ts',
      'not on Windows, which cannot stop a process',
    ),
    same('Timeout, also of a handler that never yields', 'local/lambda/failures.test.ts'),
    same(
      'Exit, out of memory, uncaught error, unhandled rejection',
      'local/lambda/failures.test.ts',
      'memory bounds the JavaScript heap, not buffers',
    ),
    same('Initialization that fails', 'local/lambda/failures.test.ts'),
    same(
      'Initialization that takes more than ten seconds: begun anew, within the timeout',
      'local/lambda/failures.test.ts',
    ),
    differs(
      'The file system',
      'local/lambda/handlers.test.ts',
      'the code can be written to, and environments of a function share `/tmp`',
    ),
    differs(
      'Handlers with a callback',
      'local/lambda/handlers.test.ts',
      'are answered at the callback, whatever is left in the event loop',
    ),
    same(
      "Refused at the start: a timeout outside of 1 to 900 s, memory outside of 128 to 10,240 MB, an environment of more than 4 KB, variables of Lambda's own and malformed names",
      'local/engine/function-settings.test.ts',
    ),
    same('Context: remaining time, memory, request id, ARN, log group', 'local/lambda/handlers.test.ts'),
    same("Environment: reserved variables, nothing of the machine's", 'local/lambda/handlers.test.ts'),
    same('CommonJS and ES modules; callbacks up to nodejs22.x only', 'local/lambda/handlers.test.ts'),
    same(
      'Function errors of any kind are an answer of 200 with FunctionError and the error as its payload',
      'local/lambda/lambda-client.test.ts',
    ),
    same('Responses of up to 6 MB; events of up to 1 MB', 'local/lambda/lambda-client.test.ts'),
    same('Reserved concurrency', 'local/lambda/environments.test.ts'),
    differs(
      'Account concurrency',
      'local/lambda/environments.test.ts',
      '64 at once, where an AWS account has 1,000',
    ),
    same(
      'Asynchronous invocation: two retries after one and two minutes, throttles for six hours, MaximumRetryAttempts, MaximumEventAgeInSeconds',
      'local/engine/asynchronous-invocations.test.ts',
    ),
    same(
      'Destinations and dead-letter queue of asynchronous invocations',
      'local/engine/deliveries-between-services.test.ts',
      'queues, topics and functions',
    ),
    refused(
      'Destinations that are buckets or event buses',
      'local/engine/deliveries-between-services.test.ts',
    ),
    same(
      'Recursive loops through SQS, SNS and Invoke stop after 16 invocations; RecursiveLoop: Allow',
      'local/engine/recursive-loops.test.ts',
    ),
    differs(
      'Recursive loops: several chains in one batch',
      'local/lambda/lineage.test.ts',
      'the longest count stops the batch; AWS does not document what it does',
    ),
    same('LogType: Tail', 'local/lambda/lambda-client.test.ts', 'its report has the duration only'),
    same('LogFormat: JSON, with the application log level', 'local/lambda/json-logs.test.ts'),
    same(
      'Lines of a function that may not write to its log group are dropped',
      'local/permissions/logging.test.ts',
      'a warning tells',
    ),
    differs(
      'LogFormat: Text',
      'local/lambda/json-logs.test.ts',
      'lines as they are written, without time, request id and level before them',
    ),
    differs(
      'Errors of handlers in the log',
      'local/lambda/failures.test.ts',
      'as a stack, in the JSON format too',
    ),
    same(
      'Function URLs: payload format 2.0, CORS',
      'local/lambda/function-url.test.ts',
      'of each function a port',
    ),
    same(
      'Function URLs without authentication: public where the function’s policy allows both of its actions, else 403',
      'local/permissions/function-urls.test.ts',
    ),
    differs(
      'Function URLs with AWS_IAM',
      'local/permissions/function-urls.test.ts',
      'signatures are not checked: whoever reaches 127.0.0.1 may call, except web pages of elsewhere whose requests have no Authorization header with a signature',
    ),
    same('Function URLs: bodies of 6 MB at most, else 413', 'local/lambda/function-url.test.ts'),
    refused('Response streaming', 'local/engine/refused.test.ts'),
    refused('Runtimes other than Node.js, container images, layers', 'local/engine/refused.test.ts'),
    differs(
      'The version of Node',
      'local/lambda/handlers.test.ts',
      'all functions run on the Node that runs the engine',
    ),
  ],
  httpApi: [
    same(
      'Routes: names before variables, these before greedy ones, a method before ANY, $default last',
      'local/http-api/routes.test.ts',
    ),
    same(
      'Payload format 2.0 of Lambda integrations, CORS, the integration’s timeout, 404, 413, 500 and 503',
      'local/http-api/http-api.test.ts',
      'of each API a port',
    ),
    same('Permissions: the function’s policy names the route', 'local/engine/http-api.test.ts'),
    differs(
      'The default endpoint’s name',
      'local/engine/http-api.test.ts',
      '`ApiEndpoint` is the local one; a URL that is put together of the API’s id leads nowhere',
    ),
    differs('A throttled function', 'local/http-api/http-api.test.ts', 'is answered 503; AWS documents none'),
    differs('Throttling, access logs', 'local/engine/http-api.test.ts', 'are not there'),
    refused(
      'Authorizers, payload format 1.0, other integrations, stages but $default, WebSocket and REST APIs',
      'local/engine/http-api.test.ts',
    ),
  ],
  sns: [
    same('Delivery to queues, as a document or raw', 'local/engine/deliveries-between-services.test.ts'),
    same(
      'Delivery to functions, as asynchronous invocations',
      'local/engine/deliveries-between-services.test.ts',
    ),
    same('MessageStructure: json, message attributes', 'local/engine/deliveries-between-services.test.ts'),
    differs(
      'Dead-letter queue of a subscription',
      'local/engine/deliveries-between-services.test.ts',
      'at the first failure, without the retries before',
    ),
    differs('Signatures', 'local/engine/deliveries-between-services.test.ts', 'there are none to verify'),
    differs(
      'E-mail, HTTP and SMS subscriptions',
      'local/sns/sns.test.ts',
      'recorded, and shown with each publish; nothing is sent',
    ),
    same('256 KiB a message, attributes counted', 'local/sns/sns.test.ts'),
    refused('Filter policies', 'local/sns/sns.test.ts'),
    refused('FIFO topics', 'local/sns/sns.test.ts'),
  ],
  s3: [
    same(
      'Conditional writes: If-None-Match and If-Match, for one of many side by side',
      'local/s3/objects.test.ts',
    ),
    same(
      'Multipart uploads: parts of 5 MiB, their order and ETags, completion on condition',
      'local/s3/multipart-uploads.test.ts',
    ),
    same('Ranges of GetObject', 'local/s3/objects.test.ts'),
    same('Presigned URLs expire', 'local/s3/objects.test.ts', 'by the clock of the engine'),
    differs(
      "Presigned URLs of a function's role",
      'local/s3/objects.test.ts',
      "last as long as they say; in AWS they end with the role's session, after some hours",
    ),
    differs(
      'Keys of more than 1,024 bytes, 2 KB of metadata, 1,000 keys to delete at once, Content-MD5, If-Match of DeleteObject',
      'local/s3/objects.test.ts',
      'are not checked',
    ),
    differs('Signatures', 'local/s3/objects.test.ts', 'not checked: secrets mean nothing here'),
    differs(
      'Large objects',
      'local/s3/refusals.test.ts',
      '64 MiB a request, in memory; larger ones by multipart upload',
    ),
    same('Checksums: CRC32, SHA-1, SHA-256, trailing ones too', 'local/s3/objects.test.ts'),
    differs(
      'Checksums: CRC32C, CRC64NVME',
      'local/s3/objects.test.ts',
      'accepted, and neither checked nor kept',
    ),
    same('Listings: order of bytes, pages, prefixes', 'local/s3/objects.test.ts'),
    refused(
      'Virtual-hosted style',
      'local/front-door/front-door.test.ts',
      'SDKs use path style with an IP address',
    ),
    same(
      'Notifications to EventBridge, of the bucket or of the custom resource of CDK: objects created and deleted',
      'local/events/object-events.test.ts',
      'request ids are no requests’, and the address is always 127.0.0.1',
    ),
    refused('Notifications to queues, topics and functions', 'local/events/object-events.test.ts'),
    refused('Versions, tags, ACLs, policies, object lock', 'local/s3/refusals.test.ts'),
  ],
  dynamodb: [
    same('Conditions, with the old item on failure', 'local/dynamodb/condition-failures.test.ts'),
    same('400 KB an item, in bytes of UTF-8', 'local/dynamodb/item-size.test.ts'),
    same(
      'Keys of tables and indexes: 2,048 and 1,024 bytes; expressions: 4 KB',
      'local/dynamodb/limits.test.ts',
    ),
    same('Expired items are read until they are deleted', 'local/dynamodb/time-to-live.test.ts'),
    differs(
      'Time to live deletes',
      'local/dynamodb/time-to-live.test.ts',
      'at the next full minute, where AWS takes up to days',
    ),
    same('Sparse indexes, keys-only indexes', 'local/dynamodb/sparse-indexes-and-batches.test.ts'),
    differs(
      'Reads of indexes',
      'local/dynamodb/tables-and-items.test.ts',
      "consistent, where AWS's are eventually",
    ),
    same('Consumed capacity', 'local/dynamodb/tables-and-items.test.ts'),
    differs('Throughput', 'local/dynamodb/tables-and-items.test.ts', 'nothing is throttled'),
    refused(
      'Transactions, streams, PartiQL, global tables of several regions',
      'local/dynamodb/tables-and-items.test.ts',
    ),
  ],
  secretsManager: [
    differs(
      'Secrets of the template, by SecretString or GenerateSecretString',
      'local/secrets-manager/secrets-manager.test.ts',
      'the six characters at the end of the ARN are the same at each start; without either, a value is generated, where AWS has none yet',
    ),
    same(
      'Reading takes the permission of the function that reads',
      'local/secrets-manager/secrets-manager.test.ts',
    ),
    differs(
      'Encryption',
      'local/secrets-manager/secrets-manager.test.ts',
      'nothing is encrypted: with `--data`, values are in its folder as they are',
    ),
    refused('Rotation, resource policies, replicas', 'local/secrets-manager/secrets-manager.test.ts'),
    refused('Dynamic references in templates', 'local/template/resolve.test.ts'),
  ],
  ssm: [
    same('Parameters of the template: String and StringList', 'local/ssm/parameters.test.ts'),
    same('SecureString, made by PutParameter', 'local/ssm/parameters.test.ts'),
    same('Reading takes the permission of the function that reads', 'local/ssm/parameters.test.ts'),
  ],
  events: [
    same(
      'Event patterns: every operator of the documentation; lists of objects match within one element',
      'local/events/event-pattern.test.ts',
    ),
    same('The default bus and buses of the template', 'local/events/put-events.test.ts'),
    same(
      'PutEvents: entries fail each for itself; ten entries and 1 MiB a request; sources of AWS are reserved',
      'local/events/put-events.test.ts',
    ),
    same(
      'Targets: queues, also FIFO, functions, and state machines; five a rule',
      'local/events/rules.test.ts',
    ),
    refused('Other targets, and rules on a schedule', 'local/events/rules.test.ts'),
    same(
      'Input, input path, and input transformer with its reserved variables; texts are not escaped',
      'local/events/rules.test.ts',
    ),
    refused('Input transformers that make no JSON', 'local/events/rules.test.ts'),
    differs(
      'Retries',
      'local/events/delivery.test.ts',
      'after 1 s, doubled up to 8 min, within the retry policy; AWS documents no delays',
    ),
    same(
      "Dead-letter queues: the event as it was, with AWS's attributes; a missing target and a missing permission are not retried",
      'local/events/delivery.test.ts',
    ),
    same(
      'Permissions: the policy of the queue or function, with its conditions, or the role of the target; events:PutEvents with its condition keys',
      'local/events/rules.test.ts',
    ),
    differs(
      'Order and duplicates',
      'local/events/put-events.test.ts',
      'at once, in order, and each event once, where AWS promises none of it',
    ),
  ],
  scheduler: [
    same(
      'cron, rate and one-time expressions in their time zones, with changes of clocks',
      'local/scheduler/firing.test.ts',
      'a time that clocks are put forward over is skipped, one that comes twice fires the first time',
    ),
    differs(
      'The second of a firing',
      'local/scheduler/firing.test.ts',
      'at the time itself, where AWS fires within the minute',
    ),
    differs(
      'Flexible windows',
      'local/scheduler/firing.test.ts',
      'whole minutes into the window, the same for the same time of the same schedule',
    ),
    same('Start and end, state, ActionAfterCompletion', 'local/scheduler/firing.test.ts'),
    same(
      'A start of more than five minutes ago is refused',
      'local/scheduler/schedules-api.test.ts',
      'by the API; a schedule of the template, which AWS would have had all along, is started anew',
    ),
    same('Context attributes in the input', 'local/scheduler/firing.test.ts'),
    same(
      'Targets: queues, also FIFO, functions, and SendMessage of SQS with all its parameters',
      'local/scheduler/firing.test.ts',
    ),
    refused('Other targets', 'local/scheduler/schedules-api.test.ts'),
    differs(
      'Retries',
      'local/scheduler/firing.test.ts',
      'after 1 s, doubled up to 8 min, within the retry policy; AWS documents no delays',
    ),
    differs(
      'Dead-letter queues',
      'local/scheduler/firing.test.ts',
      "AWS's attributes; the body is the target's input. A missing queue and a missing permission are not retried",
    ),
    same(
      'The role: Scheduler must be trusted, the caller must be allowed to pass it, and what is sent is allowed by it',
      'local/engine/schedules.test.ts',
    ),
    differs(
      'What was due while the engine did not run',
      'local/engine/schedules.test.ts',
      'with `--data`, a one-time schedule fires late and a recurring one goes on with its next time',
    ),
  ],
  cloudWatch: [
    same(
      'Alarms on what the engine can measure: queue depth and age, errors, throttles, durations, what function URLs answer, metric math',
      'local/cloudwatch/alarms.test.ts',
    ),
    same('Metrics that functions log in the embedded format', 'local/cloudwatch/alarms.test.ts'),
    same('Alarm actions that are topics', 'local/cloudwatch/alarms.test.ts'),
    refused('The API of CloudWatch and of CloudWatch Logs', 'local/front-door/front-door.test.ts'),
  ],
  everywhere: [
    same(
      'Endpoints, credentials and clients of the SDKs, without change',
      'local/front-door/front-door.test.ts',
    ),
    differs(
      'Signatures of requests',
      'local/front-door/front-door.test.ts',
      'name the service and the caller, and are not checked',
    ),
    differs(
      'Foreign Host and Origin headers',
      'local/front-door/front-door.test.ts',
      'refused, so that no web page reaches the engine',
    ),
    differs(
      'Requests of more than 64 MiB, or that do not end',
      'local/front-door/front-door.test.ts',
      'refused',
    ),
    same('Permissions boundaries in the same app', 'local/permissions/roles.test.ts'),
    differs(
      'Permissions boundaries of elsewhere',
      'local/permissions/roles.test.ts',
      'are warned of, and deny nothing',
    ),
    differs(
      'KMS: permissions for the keys that queues, topics, tables, buckets and secrets are encrypted with',
      'local/permissions/keys.test.ts',
      'are asked for as in AWS, of roles and of the policies of keys; nothing is encrypted, and keys that are named by an alias are not asked',
    ),
    same('Errors in the shape of each service', 'local/front-door/refusals-in-sdks.test.ts'),
  ],
  stepFunctions: [
    same(
      'Pass and variables: Assign, Output, $states, scopes',
      'local/step-functions/pass-and-variables.test.ts',
    ),
    same(
      "JSONata with Step Functions' own functions; $eval is refused",
      'local/step-functions/expressions.test.ts',
      'JSONata 2.2, where Step Functions documents 2.0.6',
    ),
    same('Choice', 'local/step-functions/choice.test.ts'),
    same('Wait: seconds and timestamps, a year away too', 'local/step-functions/wait.test.ts'),
    same('Succeed and Fail', 'local/step-functions/succeed-and-fail.test.ts'),
    same('Parallel', 'local/step-functions/parallel.test.ts'),
    same('Map, inline: up to 40 iterations at once', 'local/step-functions/map.test.ts'),
    refused('Map, distributed', 'local/step-functions/definition.test.ts'),
    same(
      'Retry and Catch with all their fields; what States.ALL and States.TaskFailed stand for',
      'local/step-functions/retry-and-catch.test.ts',
    ),
    same(
      "Functions: lambda:invoke and a function's own ARN; errors by their names; TimeoutSeconds",
      'local/step-functions/lambda-tasks.test.ts',
    ),
    same(
      'Task tokens: reports, TimeoutSeconds, HeartbeatSeconds',
      'local/step-functions/task-tokens.test.ts',
    ),
    same(
      'Services: sqs:sendMessage, sns:publish, dynamodb:*Item, and any action of DynamoDB, S3, SQS and Step Functions as aws-sdk:',
      'local/step-functions/service-calls.test.ts',
    ),
    refused('Other services, activities, the .sync patterns', 'local/step-functions/definition.test.ts'),
    refused('JSONPath', 'local/step-functions/definition.test.ts', 'the error names the state'),
    same(
      '256 KiB a payload and an Assign, 10 MiB of variables, 25,000 events, TimeoutSeconds of the machine',
      'local/step-functions/limits.test.ts',
    ),
    differs(
      'What a history says of states that are aborted',
      'local/step-functions/api.test.ts',
      'TaskStateAborted and WaitStateAborted are not written',
    ),
    same(
      'Redrive: what succeeded is not run again, of Parallel and Map too',
      'local/step-functions/redrive.test.ts',
    ),
    same(
      'Execution Status Change on the default event bus, which its rules deliver',
      'scenarios/workflows.test.ts',
    ),
    same("Permissions of the machine's role", 'local/engine/state-machines.test.ts'),
    differs(
      'Executions that run while the app is changed',
      'local/engine/state-machines.test.ts',
      'they go on with the new definition after a new start, where AWS keeps the one they began with; a task whose call was not answered is called again',
    ),
    refused('Express workflows, versions and aliases', 'local/step-functions/api.test.ts'),
  ],
  cloudFormation: [
    same('Intrinsic functions, conditions, parameters, mappings', 'local/template/resolve.test.ts'),
    same('Order of creation', 'local/template/prepare-stack.test.ts'),
    same('References between stacks', 'scenarios/several-stacks.test.ts', 'of one region and account'),
    refused(
      'Types and properties that nobody has looked at',
      'local/engine/refused.test.ts',
      'by name, before anything starts',
    ),
    refused('Code that is an archive, or lies in a bucket', 'local/engine/refused.test.ts'),
  ],
} satisfies Record<string, Row[]>;
