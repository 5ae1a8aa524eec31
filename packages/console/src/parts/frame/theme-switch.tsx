/** The switch of the colour scheme: light, dark, or that of the system. */
import { useState } from 'react'
import { chooseTheme, storedTheme, THEMES, type Theme } from '../../session/theme.ts'

const WORDS: Readonly<Record<Theme, string>> = { system: 'Auto', light: 'Light', dark: 'Dark' }

/** The switch between the three schemes. */
export function ThemeSwitch() {
  const [theme, setTheme] = useState(storedTheme)
  const choose = (chosen: Theme) => {
    chooseTheme(chosen)
    setTheme(chosen)
  }
  return (
    <fieldset className="segments">
      <legend className="hidden">Colours</legend>
      {THEMES.map((one) => (
        <label key={one}>
          <input type="radio" name="theme" value={one} checked={one === theme} onChange={() => choose(one)} />
          <span>{WORDS[one]}</span>
        </label>
      ))}
    </fieldset>
  )
}
