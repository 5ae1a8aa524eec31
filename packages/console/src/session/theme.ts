/** The colour scheme: light, dark, or that of the system. */
import { ofBrowser } from './storage.ts'

/** `system` follows the setting of the operating system. */
export const THEMES = ['system', 'light', 'dark'] as const
/** One of THEMES. */
export type Theme = (typeof THEMES)[number]

const KEY = 'stimnet-theme'

/** The scheme stored in this browser. */
export function storedTheme(): Theme {
  const stored = ofBrowser.get(KEY)
  return THEMES.find((theme) => theme === stored) ?? 'system'
}

/** Applies a scheme. */
export function applyTheme(theme: Theme): void {
  document.documentElement.dataset.theme = theme
}

/** Applies a scheme and stores it. */
export function chooseTheme(theme: Theme): void {
  ofBrowser.set(KEY, theme)
  applyTheme(theme)
}
