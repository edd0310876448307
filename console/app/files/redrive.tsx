import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { DeadLetters, RedriveAnswer } from '../../api/files';
import { getJson, postJson } from '../shared/api';
import { ConfirmButton } from '../shared/confirm';
import { formatCount } from '../shared/format';
import { Fetched } from '../shared/states';

/** Moves dead letters back to the queue, after showing how many there are. */
export function Redrive() {
  const [isAsked, setAsked] = useState(false);
  const [answer, setAnswer] = useState<RedriveAnswer>();
  const client = useQueryClient();
  const letters = useQuery({
    queryKey: ['dead-letters'],
    queryFn: ({ signal }) => getJson<DeadLetters>('files/dead-letters', undefined, signal),
    enabled: isAsked,
    staleTime: 0,
  });
  const redrive = async () => {
    setAnswer(await postJson<RedriveAnswer>('files/redrive'));
    await client.invalidateQueries({ queryKey: ['files'] });
  };
  return (
    <div className="notice">
      <p>
        Dead letters are files in input/ whose five executions all failed. First fix the cause, which is the
        reason shown for each file. Then move them back to the queue for five more tries.
      </p>
      <div className="row">
        <ConfirmButton
          label="Move back to the queue"
          question="Move all dead letters back to the queue?"
          onOpen={() => {
            setAsked(true);
            if (isAsked) void letters.refetch();
          }}
          onConfirm={redrive}
        >
          <Fetched query={letters} what="dead letters">
            {({ dead_letters }) => (
              <p>
                There {dead_letters === 1 ? 'is' : 'are'} about {formatCount(dead_letters)}. SQS moves them
                one by one, and the next executions retry the files.
              </p>
            )}
          </Fetched>
        </ConfirmButton>
        <span role="status">
          {answer && `${formatCount(answer.moved)} of ${formatCount(answer.dead_letters)} moved back.`}
        </span>
      </div>
    </div>
  );
}
