/** The logo: three institutions, each connected with the others. */

/** Decorative, and hidden from screen readers. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" />
      <path d="M16 8 24 22H8Z" />
      <circle cx="16" cy="8" r="3.2" />
      <circle cx="24" cy="22" r="3.2" />
      <circle cx="8" cy="22" r="3.2" />
    </svg>
  )
}
