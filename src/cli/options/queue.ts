/** The option for the queue of studies. */
import { Option } from 'commander';
import { openQueues, type Queues } from '../../study/queues.js';

/** `--queue`. */
export function queueOption(): Option {
  return new Option(
    '--queue <url>',
    'redis://[USER:PASSWORD@]HOST[:PORT][/DB], rediss:// for TLS, or postgres://; a password is better in the ' +
      'environment than on the command line',
  )
    .env('TWO_LAYER_NET_QUEUE')
    .makeOptionMandatory();
}

/** Works with the queues at a URL, and closes them. */
export async function withQueues<T>(url: string, action: (queues: Queues) => Promise<T>): Promise<T> {
  const queues = await openQueues(url);
  try {
    return await action(queues);
  } finally {
    await queues.close();
  }
}
