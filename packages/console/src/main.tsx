/** Where the page begins. */
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { config } from 'zod'
import { App } from './app.tsx'
import { applyTheme, storedTheme } from './session/theme.ts'

// The page's security policy permits no code made of text, which zod would try.
config({ jitless: true })
applyTheme(storedTheme())

const place = document.getElementById('console')
if (place) {
  createRoot(place).render(
    <StrictMode>
      <App />
    </StrictMode>
  )
}
