/** Light or dark: as the system says, unless somebody chose here. */
import { ofBrowser } from './storage.ts'

/** `system` follows the machine. */
export const THEMES = ['system', 'light', 'dark'] as const
/** One of THEMES. */
export type Theme = (typeof THEMES)[number]

const KEY = 'stimnet-theme'

/** What was chosen in this browser. */
export function storedTheme(): Theme {
  const stored = ofBrowser.get(KEY)
  return THEMES.find((theme) => theme === stored) ?? 'system'
}

/** Shows it. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme
}

/** Shows it and remembers it. */
export function chooseTheme(theme: Theme): void {
  ofBrowser.set(KEY, theme)
  applyTheme(theme)
}
