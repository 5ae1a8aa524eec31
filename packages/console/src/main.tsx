/** The entry point of the page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { config } from 'zod'
import { applyTheme, storedTheme } from './session/theme.ts'

// The page's security policy forbids code made from text, which zod tries when a schema is created. All modules that create schemas
// are imported after this call.
config({ jitless: true })
applyTheme(storedTheme())
const { App } = await import('./app.tsx')

const place = document.getElementById('console')
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>
  )
}
