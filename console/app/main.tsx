import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { App } from './app';
import { pageOf } from './pages';
import { aboutQuery } from './shared/about';
import { client } from './shared/client';
import './theme.css';

void client.prefetchQuery(aboutQuery);

const root = document.getElementById('app');
// A page that cannot be loaded says so itself.
await pageOf(location.pathname)
  ?.page.load()
  .catch(() => {});
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
