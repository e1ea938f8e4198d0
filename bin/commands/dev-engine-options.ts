import type { Engine, EngineOptions } from '../../local/engine.ts';
import type { DevOptions } from './dev.ts';
import type { EventSink } from './dev-event.ts';

/**
 * The engine that the command's options ask for, and what it tells, as events.
 *
 * @param engine the one that runs when it is called: after a new start it is another one.
 */
export function engineOptions(
  { port, stack, parameter, data, permissions }: DevOptions,
  emit: EventSink,
  engine: () => Engine,
): Omit<EngineOptions, 'assembly'> {
  return {
    port,
    permissions,
    onLog: line => emit({ event: 'log', ...line }),
    onAlarm(change) {
      const alarm = engine().alarms.find(({ name }) => name === change.name);
      emit({ event: 'alarm', constructPath: alarm?.constructPath ?? change.name, ...change });
    },
    onNotification: notification => emit({ event: 'notification', ...notification }),
    onWarning: message => emit({ event: 'warning', message }),
    ...(stack ? { stacks: stack } : {}),
    ...(parameter ? { parameters: parameter } : {}),
    ...(data ? { data } : {}),
  };
}
