import { type MigrateDownArgs, type MigrateUpArgs, sql } from '@payloadcms/db-postgres'
import { run } from '../src/platform/database/schema/migration-of'
import { settingsDown, settingsUp } from '../src/platform/database/schema/settings'

/** The settings, and the plan of new users among them: until now a mark on a plan. */
export async function up({ db }: MigrateUpArgs): Promise<void> {
  await db.execute(sql`
   CREATE TABLE "settings" (
  	"id" uuid PRIMARY KEY NOT NULL,
  	"hub_name" varchar DEFAULT 'Joyfull UI Hub' NOT NULL,
  	"logo_id" uuid,
  	"sign_up_open" boolean DEFAULT true,
  	"default_plan_id" uuid,
  	"webhook_url" varchar,
  	"retention_months" numeric,
  	"updated_at" timestamp(3) with time zone,
  	"created_at" timestamp(3) with time zone
  );
  
  CREATE TABLE "settings_texts" (
  	"id" serial PRIMARY KEY NOT NULL,
  	"order" integer NOT NULL,
  	"parent_id" uuid NOT NULL,
  	"path" varchar NOT NULL,
  	"text" varchar
  );
  
  ALTER TABLE "settings" ADD CONSTRAINT "settings_logo_id_media_id_fk" FOREIGN KEY ("logo_id") REFERENCES "public"."media"("id") ON DELETE set null ON UPDATE no action;
  ALTER TABLE "settings" ADD CONSTRAINT "settings_default_plan_id_plans_id_fk" FOREIGN KEY ("default_plan_id") REFERENCES "public"."plans"("id") ON DELETE set null ON UPDATE no action;
  ALTER TABLE "settings_texts" ADD CONSTRAINT "settings_texts_parent_fk" FOREIGN KEY ("parent_id") REFERENCES "public"."settings"("id") ON DELETE cascade ON UPDATE no action;
  CREATE INDEX "settings_logo_idx" ON "settings" USING btree ("logo_id");
  CREATE INDEX "settings_default_plan_idx" ON "settings" USING btree ("default_plan_id");
  CREATE INDEX "settings_texts_order_parent" ON "settings_texts" USING btree ("order","parent_id");`)
  await run(db, settingsUp)
  await db.execute(sql`
   UPDATE "settings" SET "default_plan_id" = (SELECT "id" FROM "plans" WHERE "new_users" ORDER BY "rank" LIMIT 1);
  ALTER TABLE "plans" DROP COLUMN "new_users";`)
}

export async function down({ db }: MigrateDownArgs): Promise<void> {
  await db.execute(sql`
   ALTER TABLE "plans" ADD COLUMN "new_users" boolean DEFAULT false;
  UPDATE "plans" SET "new_users" = true WHERE "id" = (SELECT "default_plan_id" FROM "settings");`)
  await run(db, settingsDown)
  await db.execute(sql`
   DROP TABLE "settings_texts" CASCADE;
  DROP TABLE "settings" CASCADE;`)
}
