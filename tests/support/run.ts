/** Where the hub under test listens. The run's set-up starts it. */
export const hubUrl = (): string => required('HUB_TEST_URL')

/** Its database. */
export const hubDatabaseUrl = (): string => required('HUB_TEST_HUB_DATABASE_URL')

/** The first admin of the hub under test. */
export const adminLogin = () => ({
  email: required('HUB_TEST_ADMIN_EMAIL'),
  password: required('HUB_TEST_ADMIN_PASSWORD'),
})

/** Where the hub under test leaves its mail. */
export const mailDirectory = (): string => required('HUB_TEST_MAIL_DIR')

function required(name: string): string {
  const value = process.env[name]
  if (!value) throw new Error(`${name} is not set: run the tests by \`npm test\``)
  return value
}
