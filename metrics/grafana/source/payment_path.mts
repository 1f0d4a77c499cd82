// For whoever is on call: are payments taken, how fast, and what holds them up.
import { dashboard } from './dashboard.mjs';
import { gained, mean, of, part, quantile, rate, sum } from './expression.mjs';
import { graph, number } from './panel.mjs';

const duration = 'meguri_payment_duration_seconds';
const stage = 'meguri_payment_stage_duration_seconds';
const decided = sum(rate('meguri_payments_total'));
const objective_s = 0.005;

export const payment_path = dashboard({
  uid: 'meguri-payment-path',
  title: 'Meguri: payment path',
  description: 'Are payments taken, how fast, and what holds them up. Begin here when the phone rings.',
  sections: [
    {
      title: 'At a glance',
      panels: [
        number({
          title: 'Ready',
          shows: 'Whether the switch accepts payments: the least of the chosen switches, as /readyz says it.',
          normal: 'ready. It is not for some seconds while it starts or drains.',
          act: 'ask `/readyz` of the operations listener for the reason. `ledger_stopped`: a write failed; look at the disk, then restart the process.',
          runbook: 'MeguriNotReady',
          unit: 'none',
          expr: `min(${of('meguri_ready')})`,
          words: { 0: 'not ready', 1: 'ready' },
          thresholds: [
            [null, 'red'],
            [1, 'green'],
          ],
        }),
        number({
          title: 'Payments decided',
          shows: 'Payments decided per second, approved and declined.',
          normal: 'what the towns pay at this hour; compare with the same hour of the day before.',
          act: 'no payments although switches are ready: tills do not reach them. Look at *HTTP and clients*: connections, refusals.',
          unit: 'count:payments/s',
          expr: decided,
        }),
        number({
          title: 'p99 of a payment',
          shows:
            'The time within which 99 of 100 payments are answered, from the last byte of the request to the answer.',
          normal: 'below the objective of 5 ms.',
          act: 'see below which stage grew: *commit* is the disk, *wait for batch* the disk or too many at once, the others the processor.',
          runbook: 'MeguriPaymentsSlow',
          unit: 's',
          expr: quantile(0.99, duration),
          thresholds: [
            [null, 'green'],
            [0.003, 'yellow'],
            [objective_s, 'red'],
          ],
        }),
        number({
          title: 'Answered within 5 ms',
          shows: 'The share of payments that were answered within the objective of 5 ms.',
          normal: 'above 99 %.',
          act: 'as for the p99.',
          runbook: 'MeguriPaymentsSlow',
          unit: 'percentunit',
          decimals: 2,
          expr: part(sum(rate(`${duration}_bucket`, `le="${objective_s}"`)), sum(rate(`${duration}_count`))),
          thresholds: [
            [null, 'red'],
            [0.99, 'yellow'],
            [0.999, 'green'],
          ],
        }),
        number({
          title: 'Approved',
          shows: 'The share of decisions that are approvals.',
          normal: 'steady; declines are mostly for too few points and used codes.',
          act: 'look below at the decline code that grew. One code at many merchants at once is a change of ours, or an attack.',
          unit: 'percentunit',
          decimals: 1,
          expr: part(sum(rate('meguri_payments_total', 'outcome="approved"')), decided),
          thresholds: [
            [null, 'red'],
            [0.5, 'yellow'],
            [0.8, 'green'],
          ],
        }),
        number({
          title: 'Answers without an outcome',
          shows:
            'Payment requests in the time shown that were answered without saying what became of them: the write failed under them, a read failed, or the operation was lost.',
          normal: '0.',
          act: 'tills repeat the same key after the restart and get the true outcome. Find the cause before the restart: the journal on *Storage and recovery*, and the log.',
          runbook: 'MeguriPaymentsFailing',
          unit: 'none',
          decimals: 0,
          whole_range: true,
          expr: gained('meguri_payment_answers_total', 'ending=~"outcome_unknown|read_failed|lost"'),
          thresholds: [
            [null, 'green'],
            [1, 'red'],
          ],
        }),
      ],
    },
    {
      title: 'Payments',
      panels: [
        graph({
          title: 'Approvals and declines',
          shows: 'Decisions per second.',
          normal: 'follows the day: lunch and the evening are highest. Declines are a small, steady part.',
          act: 'a sudden fall to nothing: are the switches ready, do tills connect? Declines that rise: see the codes beside this.',
          unit: 'count:payments/s',
          stacked: true,
          colours: { approved: 'green', declined: 'orange' },
          queries: [
            [sum(rate('meguri_payments_total', 'outcome="approved"')), 'approved'],
            [sum(rate('meguri_payments_total', 'outcome!="approved"')), 'declined'],
          ],
        }),
        graph({
          title: 'Declines by code',
          shows: 'Declined payments per second by the code that the till was told.',
          normal: '`insufficient_points`, `credential_used` and `credential_expired` lead.',
          act: '`credential_unknown` or `credential_invalid` that rise: somebody tries codes. `program_frozen`, `merchant_inactive`: somebody froze more than was meant. `limit_exceeded`: a new limit is too low.',
          unit: 'count:declines/s',
          table: true,
          queries: [[sum(rate('meguri_payments_total', 'outcome!="approved"'), 'outcome'), '{{outcome}}']],
        }),
        graph({
          title: 'Time of a payment',
          shows:
            "Quantiles of the time from the last byte of a payment's request to its answer. The dashed line is the objective for the p99, 5 ms; the axis is logarithmic.",
          normal: 'p50 below 2 ms, p99 below the line.',
          act: 'all three grow: load or disk. The p99.9 alone: single long syncs, see *Commit and sync*.',
          runbook: 'MeguriPaymentsSlow',
          unit: 's',
          logarithmic: true,
          thresholds: [
            [null, 'green'],
            [objective_s, 'red'],
          ],
          queries: [
            [quantile(0.5, duration), 'p50'],
            [quantile(0.99, duration), 'p99'],
            [quantile(0.999, duration), 'p99.9'],
          ],
        }),
        graph({
          title: 'Where the time goes',
          shows: 'The mean time of a payment, split into the stages of its way. Together they are the whole.',
          normal:
            'commit and wait for batch are the most of it; parse, merchant, wallet and answer are some hundredths of a millisecond.',
          act: '*commit* grows: the disk. *wait for batch* alone: batches are too large or too many. *parse*, *merchant*, *wallet*, *answer*: the processor, see the threads on *HTTP and clients*.',
          runbook: 'MeguriPaymentsSlow',
          unit: 's',
          stacked: true,
          queries: [
            [
              `${sum(rate(`${stage}_sum`), 'stage')} / on () group_left () ${sum(rate(`${duration}_count`))} >= 0`,
              '{{stage}}',
            ],
          ],
        }),
        graph({
          title: 'p99 of each stage',
          shows: 'The time within which 99 of 100 payments pass each stage. These do not add up.',
          normal: 'commit leads with some milliseconds at most.',
          act: 'as for *Where the time goes*; here a stage shows that is slow for few payments only.',
          runbook: 'MeguriPaymentsSlow',
          unit: 's',
          logarithmic: true,
          table: true,
          queries: [[quantile(0.99, stage, 'stage'), '{{stage}}']],
        }),
        graph({
          title: 'Answers by ending',
          shows: 'Payment requests answered per second, by how they ended.',
          normal: 'nearly all *decided*; some *replayed*, when tills repeat.',
          act: '*replayed* rises: answers do not reach the tills, look at the network and the latency. *key_reused*: a till has a fault. *outcome_unknown*, *read_failed*, *lost*: never normal, see the runbook.',
          runbook: 'MeguriPaymentsFailing',
          unit: 'count:answers/s',
          table: true,
          queries: [[sum(rate('meguri_payment_answers_total'), 'ending'), '{{ending}}']],
        }),
      ],
    },
    {
      title: 'What holds payments up',
      panels: [
        graph({
          title: 'In flight',
          shows: 'Payments admitted and not answered yet, and entries that wait for the next batch.',
          normal: 'about the rate times the latency: tens. `limits.in_flight_max` (16,384 per default) is the most.',
          act: 'it climbs and stays: the disk is slower than the load. The next ones are shed, nothing is lost.',
          runbook: 'MeguriPaymentsFailing',
          unit: 'short',
          width: 8,
          queries: [
            [sum(of('meguri_payments_in_flight')), 'in flight'],
            [sum(of('meguri_journal_queue_entries')), 'waiting for a batch'],
          ],
        }),
        graph({
          title: 'Shed',
          shows:
            'Payment requests per second that were refused at once with 503 `overloaded`, because too much was in flight or the checkpoint lags too far.',
          normal: '0.',
          act: 'nothing happened to these payments; tills come again. Is it the load (*In flight*) or the checkpointer (lag on *Storage and recovery*)?',
          runbook: 'MeguriPaymentsFailing',
          unit: 'count:requests/s',
          width: 8,
          thresholds: [
            [null, 'green'],
            [1, 'red'],
          ],
          queries: [[sum(rate('meguri_payments_shed_total')), 'shed']],
        }),
        graph({
          title: 'Ready, over time',
          shows: 'Each switch: 1 while it accepts payments.',
          normal: '1, with short gaps at restarts.',
          act: 'several gaps: it restarts again and again; read the log from its first line.',
          runbook: 'MeguriNotReady',
          unit: 'none',
          width: 8,
          steps: true,
          max: 1,
          queries: [[of('meguri_ready'), '{{instance}}']],
        }),
        graph({
          title: 'Commit and sync',
          shows:
            'How long the journal takes to make a batch durable: the whole commit, and of it the synced write to the commit log.',
          normal: 'p50 below 0.5 ms, p99 some milliseconds, on a disk with a fast flush.',
          act: 'both grow together: the disk, or a neighbour on it. The commit alone: the processor.',
          runbook: 'MeguriPaymentsSlow',
          unit: 's',
          logarithmic: true,
          queries: [
            [quantile(0.5, 'meguri_journal_commit_duration_seconds'), 'commit p50'],
            [quantile(0.99, 'meguri_journal_commit_duration_seconds'), 'commit p99'],
            [quantile(0.99, 'meguri_journal_sync_duration_seconds'), 'sync p99'],
          ],
        }),
        graph({
          title: 'Batch size',
          shows: 'Entries that share one commit. What gathers while a commit runs becomes the next batch.',
          normal: 'grows with the load by itself; a large batch costs hardly more than a small one.',
          act: 'at `journal.batch_entries_max` (1,024 per default): the load is at the limit, or commits take too long.',
          runbook: 'MeguriPaymentsSlow',
          unit: 'count:entries',
          queries: [
            [mean('meguri_journal_batch_entries'), 'mean'],
            [quantile(0.99, 'meguri_journal_batch_entries'), 'p99'],
          ],
        }),
      ],
    },
  ],
});
