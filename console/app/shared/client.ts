import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './api';

/** The client of the whole application. */
export const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1000,
      // Retry only if there was no response; errors from the server would repeat.
      retry: (failures, error) => failures < 2 && error instanceof ApiError && error.status === 0,
    },
  },
});
