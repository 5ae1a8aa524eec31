/** The entry point of the page. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { config } from 'zod'
import { applyTheme, storedTheme } from './session/theme.ts'

// The page's security policy permits no code made of text, which zod would try as soon as a schema is made: all that makes one
// comes after this.
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
